using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using TradeOs.Bus;

namespace TradeOs.Stages;

/// <summary>The pieces of state of one type a stage works with: read when first needed, written when changed.</summary>
/// <param name="type">How a piece is written as JSON.</param>
internal sealed class StateStore<TState>(JsonTypeInfo<TState> type)
    where TState : class
{
    private readonly Dictionary<StateKey, Piece> _pieces = [];
    private readonly List<Piece> _changed = [];
    private IReadOnlyDictionary<string, string> _saved = new Dictionary<string, string>();

    /// <summary>Forgets everything and starts from what was committed.</summary>
    public void Restore(IReadOnlyDictionary<string, string> saved)
    {
        _pieces.Clear();
        _changed.Clear();
        _saved = saved;
    }

    /// <summary>The piece under a key; its value is null when nothing is remembered there.</summary>
    /// <exception cref="StateUnreadableException">What was committed there is not what this stage writes.</exception>
    public Piece At(StateKey key)
    {
        if (_pieces.TryGetValue(key, out var piece)) return piece;
        var value = _saved.TryGetValue(key.ToString(), out var text)
            ? StateText.Read(key.ToString(), text, json => JsonSerializer.Deserialize(json, type))
            : null;
        return _pieces[key] = new Piece(key, value);
    }

    /// <summary>Replaces the value of a piece; the same reference is no change.</summary>
    public void Set(Piece piece, TState? value)
    {
        if (ReferenceEquals(piece.Value, value)) return;
        piece.Value = value;
        if (piece.IsChanged) return;
        piece.IsChanged = true;
        _changed.Add(piece);
    }

    /// <summary>Adds every change since the last call to the batch.</summary>
    public void Save(Batch batch)
    {
        foreach (var piece in _changed)
        {
            piece.IsChanged = false;
            if (piece.Value is null) batch.RemoveState(piece.Text);
            else batch.SetState(piece.Text, JsonSerializer.Serialize(piece.Value, type));
        }

        _changed.Clear();
    }

    /// <summary>One piece of state in hand.</summary>
    internal sealed class Piece(StateKey key, TState? value)
    {
        public string Text { get; } = key.ToString();

        public TState? Value { get; set; } = value;

        public bool IsChanged { get; set; }
    }
}
