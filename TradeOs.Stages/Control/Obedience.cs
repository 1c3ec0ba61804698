using System.Text;
using TradeOs.Bus;

namespace TradeOs.Stages;

/// <summary>What a stage obeyed last, kept with its state: a restart goes on under it, and a flag somebody deleted or
/// set back by hand is noticed.</summary>
/// <param name="stage">Name of the stage.</param>
internal sealed class Obedience(string stage)
{
    private const int ShownMax = 200;

    private ControlFlag _obeyed = ControlFlag.None;

    /// <summary>The mode entries are decided under.</summary>
    public TradingMode Mode => _obeyed.Mode;

    /// <summary>Takes what was committed.</summary>
    /// <exception cref="StreamDamagedException">It is not what was written there.</exception>
    public void Restore(IReadOnlyDictionary<string, string> state)
    {
        var text = state.GetValueOrDefault(ControlFlag.StateField, "");
        _obeyed = ControlFlag.Parse(text) ?? throw new StreamDamagedException(
            $"tradeos:state:{stage}: its field '{ControlFlag.StateField}' is \"{EntryText.Show(text)}\", expected " +
            $"{ControlFlag.Expected}. Restore the data of this server.");
    }

    /// <summary>Notes a change in <c>control.log</c> and in the state.</summary>
    /// <exception cref="StreamDamagedException">The flag cannot be read, or a change is missing.</exception>
    public void Obey(string control, Checkpoint checkpoint, Batch batch)
    {
        if (ControlFlag.Parse(control) is not { } flag)
        {
            var found = EntryText.Show(Encoding.UTF8.GetBytes(control), ShownMax);
            throw Stop($"is \"{found}\", expected {ControlFlag.Expected}");
        }

        if (flag.Number < _obeyed.Number || (flag.Number == _obeyed.Number && flag.Mode != _obeyed.Mode))
        {
            var found = control.Length == 0 ? "is gone" : $"is \"{control}\"";
            throw Stop($"{found}, and {stage} obeyed change {_obeyed.Number} before ({_obeyed.ForPeople}); expected " +
                "that one or a later");
        }

        if (flag.Number == _obeyed.Number) return;
        _obeyed = flag;
        batch.SetState(ControlFlag.StateField, flag.ToString());
        new ControlNote(stage, flag, checkpoint.Position, checkpoint.Count).Write(batch.Append(StreamNames.ControlLog));
    }

    private StreamDamagedException Stop(string what) => new(
        $"tradeos:control {what}. {stage} stops rather than trade under an order nobody can be sure of. Say how to " +
        $"go on, then start again: {ControlFlag.Verbs}.");
}
