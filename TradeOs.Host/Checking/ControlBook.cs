using System.Globalization;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>What stages noted in <c>control.log</c>: which change of the control flag they obeyed, and after which
/// input.</summary>
internal sealed class ControlBook(CheckNotes notes)
{
    private static readonly string[] Modes = ["normal", "reduce-only", "halted"];
    private static readonly string[] Orders = ["mode", "since", "reason"];
    private static readonly string[] Names = ["stage", "mode", "number", "since", "reason", "after", "count"];

    private readonly List<EntryView> _entries = [];

    /// <summary>Whether older notes were trimmed.</summary>
    public bool IsTrimmed { get; set; }

    /// <summary>Takes the next note.</summary>
    public void Add(EntryView entry) => _entries.Add(entry);

    /// <summary>Notes of a stage; null when that is not known.</summary>
    public long? Of(string stage) => IsTrimmed ? null : _entries.Count(entry => entry["stage"] == stage);

    /// <summary>Holds the notes against each other and against what their stages read.</summary>
    public void Complete(IReadOnlyDictionary<string, StageCheck> stages)
    {
        var last = new Dictionary<string, EntryView>(StringComparer.Ordinal);
        var ordered = new Dictionary<string, EntryView>(StringComparer.Ordinal);
        foreach (var entry in _entries)
        {
            var name = entry["stage"] ?? "";
            if (!stages.TryGetValue(name, out var stage) || !stage.Reader.ObeysControl)
            {
                Found(entry, $"stage \"{name}\"", "a stage that obeys the control flag");
                continue;
            }

            CheckForm(entry);
            if (!Modes.Contains(entry["mode"])) Found(entry, $"mode \"{entry["mode"]}\"", string.Join(", ", Modes));
            if (last.TryGetValue(name, out var before) && Number(entry, "number") <= Number(before, "number"))
                Found(entry, $"change {entry["number"]}", $"one behind {before["number"]}, which {name} obeyed before");
            last[name] = entry;
            CompareOrders(entry, ordered);
            ComparePlace(entry, stage);
        }
    }

    /// <summary>A note without its number could be held against no other.</summary>
    private void CheckForm(EntryView entry)
    {
        var names = entry.Fields.Select(field => field.Name).ToArray();
        if (!names.SequenceEqual(Names)) Found(entry, $"fields {string.Join(' ', names)}", string.Join(' ', Names));
        else if (Number(entry, "number") < 1) Found(entry, $"change \"{entry["number"]}\"", "a number from 1 on");
    }

    /// <summary>A change is one order, whoever obeyed it.</summary>
    private void CompareOrders(EntryView entry, Dictionary<string, EntryView> ordered)
    {
        if (ordered.TryAdd(entry["number"] ?? "", entry)) return;
        var other = ordered[entry["number"] ?? ""];
        foreach (var field in Orders.Where(field => entry[field] != other[field]))
            Found(entry, $"{field} \"{entry[field]}\"", $"\"{other[field]}\" as in {other.Id}, of the same change");
    }

    /// <summary>The stage had read so many inputs when it had read that one.</summary>
    private void ComparePlace(EntryView entry, StageCheck stage)
    {
        var count = Number(entry, "count");
        if (!EntryId.TryParse(System.Text.Encoding.Latin1.GetBytes(entry["after"] ?? ""), out var after))
        {
            Found(entry, $"after \"{entry["after"]}\"", "the id of an input");
            return;
        }

        var (place, read) = (stage.Inputs.Find(after), stage.Checkpoint.Count);
        if (place >= 0 && count != stage.InputsGone + place + 1)
            Found(entry, $"count {entry["count"]}", $"{stage.InputsGone + place + 1}, the place of {after}");
        else if (place < 0 && after != EntryId.Zero && stage.InputsGone == 0)
            Found(entry, $"after {after}", $"the id of an entry of {stage.Reader.Input}");
        else if (count < 0 || count > read)
            Found(entry, $"count \"{entry["count"]}\"", $"0 to {read}, which {stage.Reader.Name} read");
    }

    private void Found(EntryView entry, string found, string expected) => notes.Found(
        CheckCodes.Control, $"{StreamNames.ControlLog}/{entry.Id}", found, expected,
        CheckNotes.Look(StreamNames.ControlLog, entry.Id));

    private static long Number(EntryView entry, string field) =>
        long.TryParse(entry[field], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
}
