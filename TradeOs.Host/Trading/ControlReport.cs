using System.Collections.Immutable;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>What an operator ordered last, and which stage obeys it.</summary>
/// <param name="Text">Text of <c>tradeos:control</c>; empty when there is none.</param>
/// <param name="Flag">What it says; null when nobody can read it.</param>
/// <param name="Stages">The stages that obey it, in the order facts flow.</param>
internal sealed record ControlReport(string Text, ControlFlag? Flag, ImmutableArray<StageObedience> Stages)
{
    private const int NotesCountMax = 100;
    private const int ShownMax = 200;

    /// <summary>Number the next change takes: above every one ever seen.</summary>
    public long NextNumber => Math.Max(Flag?.Number ?? 0, Stages.Max(stage => stage.Obeyed?.Number ?? 0)) + 1;

    /// <summary>What is wrong with the flag, such that stages stop at it; null when nothing is.</summary>
    public string? Damage
    {
        get
        {
            if (Flag is null)
            {
                var shown = EntryText.Show(System.Text.Encoding.UTF8.GetBytes(Text), ShownMax);
                return $"{RedisKeys.Control} is \"{shown}\", expected {ControlFlag.Expected}";
            }

            var ahead = Stages.FirstOrDefault(stage => stage.Obeyed is { } obeyed
                && (obeyed.Number > Flag.Number || (obeyed.Number == Flag.Number && obeyed.Mode != Flag.Mode)));
            return ahead is null ? null
                : $"{RedisKeys.Control} is \"{Text}\", and {ahead.Stage} obeyed change {ahead.Obeyed!.Number} before";
        }
    }

    /// <summary>Reads the flag, then the stages.</summary>
    /// <exception cref="StreamDamagedException">The key of the flag holds something else than text.</exception>
    /// <exception cref="BusUnavailableException">The server is away.</exception>
    public static async Task<ControlReport> ReadAsync(BusLook look)
    {
        var type = (string?)await look.Control.ExecuteAsync("TYPE", RedisKeys.Control);
        if (type is not ("string" or "none"))
        {
            throw new StreamDamagedException(
                $"{RedisKeys.Control} is a {type}, expected a text. Remove it with: redis-cli DEL " +
                $"{RedisKeys.Control}, then say how trading goes on: {ControlFlag.Verbs}");
        }

        var text = (string?)await look.Control.ExecuteAsync("GET", RedisKeys.Control) ?? "";
        var notes = await NotesAsync(look);
        var stages = ImmutableArray.CreateBuilder<StageObedience>();
        foreach (var stage in Topology.Stages.Where(stage => stage.ObeysControl))
        {
            var kept = (string?)await look.Control.ExecuteAsync(
                "HGET", RedisKeys.State(stage.Name), ControlFlag.StateField) ?? "";
            var obeyed = ControlFlag.Parse(kept);
            stages.Add(new StageObedience(stage.Name, obeyed, notes.LastOrDefault(
                note => note.Stage == stage.Name && note.Flag.Number == obeyed?.Number)));
        }

        return new ControlReport(text, ControlFlag.Parse(text), stages.ToImmutable());
    }

    /// <summary>Whether a stage decides under this flag.</summary>
    public bool IsObeyedBy(StageObedience stage) => Flag is not null && stage.Obeyed?.Number == Flag.Number;

    private static async Task<List<ControlNote>> NotesAsync(BusLook look)
    {
        var type = (string?)await look.Control.ExecuteAsync("TYPE", StreamNames.ControlLog);
        if (type != "stream") return [];
        var notes = new List<ControlNote>();
        foreach (var entry in await look.LastAsync(StreamNames.ControlLog, NotesCountMax))
            if (ControlNote.Read(entry.Fields) is { } note) notes.Add(note);
        return notes;
    }
}

/// <summary>What one stage obeys.</summary>
/// <param name="Stage">Its name.</param>
/// <param name="Obeyed">What it obeyed last; null when its state cannot be read.</param>
/// <param name="Note">Where it did; null when it never did, or when <c>control.log</c> holds it no more.</param>
internal sealed record StageObedience(string Stage, ControlFlag? Obeyed, ControlNote? Note);
