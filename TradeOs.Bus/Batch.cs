using System.Buffers;
using System.Runtime.InteropServices;

namespace TradeOs.Bus;

/// <summary>What one commit will write: outputs, position, keyed state. Reused from commit to commit.</summary>
/// <remarks>
/// Filled by one thread. <see cref="Complete(EntryId)"/> is called once per input, after everything that input caused
/// was added: that is how every input is accounted for.
/// </remarks>
public sealed class Batch
{
    private readonly List<Output> _outputs = [];
    private readonly Dictionary<string, string?> _state = new(StringComparer.Ordinal);
    private int _outputsAtInput;

    /// <summary>Entries to append, in order.</summary>
    public int OutputCount => _outputs.Count;

    /// <summary>Inputs this batch accounts for.</summary>
    public long InputCount { get; private set; }

    /// <summary>Inputs that caused no output at all.</summary>
    public long SilentCount { get; private set; }

    /// <summary>Last input accounted for; <see cref="EntryId.Zero"/> while there is none.</summary>
    public EntryId Position { get; private set; }

    /// <summary>State keys changed in this batch; null means removed.</summary>
    public IReadOnlyDictionary<string, string?> StateChanges => _state;

    /// <summary>Whether there is nothing to commit.</summary>
    public bool IsEmpty => InputCount == 0 && _outputs.Count == 0 && _state.Count == 0;

    internal ArrayBufferWriter<byte> Buffer { get; } = new(4096);

    internal IReadOnlyList<Output> Outputs => _outputs;

    /// <summary>Number of this batch within its reader's epoch; set when it is first offered to a reader.</summary>
    internal long CommitNumber { get; set; }

    /// <summary>Begins a new entry at the end of <paramref name="stream"/>; add its fields to what this
    /// returns.</summary>
    /// <param name="stream">One of the outputs of the reader's definition.</param>
    public FieldWriter Append(string stream)
    {
        _outputs.Add(new Output(stream, Buffer.WrittenCount, 0, EntryId.Zero));
        return new FieldWriter(this);
    }

    /// <summary>Keeps <paramref name="value"/> under <paramref name="key"/>; the last value set in a batch
    /// wins.</summary>
    public void SetState(string key, string value) => _state[key] = value;

    /// <summary>Removes <paramref name="key"/> from the reader's state.</summary>
    public void RemoveState(string key) => _state[key] = null;

    /// <summary>Accounts for the input <paramref name="id"/>: everything it caused has been added.</summary>
    public void Complete(EntryId id)
    {
        Position = id;
        InputCount++;
        if (_outputs.Count == _outputsAtInput) SilentCount++;
        _outputsAtInput = _outputs.Count;
    }

    /// <summary>Forgets everything, so that the batch can be filled again.</summary>
    public void Clear()
    {
        _outputs.Clear();
        _state.Clear();
        Buffer.ResetWrittenCount();
        Position = EntryId.Zero;
        InputCount = SilentCount = CommitNumber = _outputsAtInput = 0;
    }

    /// <summary>What was added for <paramref name="stream"/> so far, in order; valid until the next change.</summary>
    public IEnumerable<Fields> Appended(string stream)
    {
        for (var output = 0; output < _outputs.Count; output++)
            if (_outputs[output].Stream == stream) yield return FieldsOf(output);
    }

    internal Fields FieldsOf(int output)
    {
        var start = _outputs[output].Start;
        var end = output + 1 < _outputs.Count ? _outputs[output + 1].Start : Buffer.WrittenCount;
        return new Fields(Buffer.WrittenMemory[start..end], _outputs[output].FieldCount);
    }

    internal void CountField() => CollectionsMarshal.AsSpan(_outputs)[^1].FieldCount++;

    /// <summary>Gives an output the id it will have, which otherwise the server gives.</summary>
    internal void Identify(int output, EntryId id) => _outputs[output] = _outputs[output] with { Id = id };

    internal record struct Output(string Stream, int Start, int FieldCount, EntryId Id);
}
