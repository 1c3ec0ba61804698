using System.Globalization;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>Holds what one stage wrote against what it read.</summary>
internal sealed class StageCheck
{
    private readonly CheckNotes _notes;
    private readonly TraceBook _traces;
    private readonly HashSet<EntryId> _trimmedCauses = [];
    private readonly HashSet<string> _strategiesOfCause = new(StringComparer.Ordinal);
    private EntryId _causeLast;
    private long _withTrimmedCause;

    /// <summary>A check of one stage.</summary>
    public StageCheck(ReaderDefinition reader, Checkpoint checkpoint, CheckNotes notes, TraceBook traces)
    {
        (Reader, Checkpoint, _notes, _traces) = (reader, checkpoint, notes, traces);
        Contract = StageContract.Of(reader.Name);
        Inputs = new HeldEntries(Contract.Carried.Union(["at", "symbol"]));
    }

    /// <summary>Who it is.</summary>
    public ReaderDefinition Reader { get; }

    /// <summary>What it owes.</summary>
    public StageContract Contract { get; }

    /// <summary>How far it has come.</summary>
    public Checkpoint Checkpoint { get; }

    /// <summary>What its input holds.</summary>
    public HeldEntries Inputs { get; }

    /// <summary>Entries of its input that are gone.</summary>
    public long InputsGone { get; set; }

    /// <summary>Entries of its output that it wrote itself and that are held.</summary>
    public long Outputs { get; private set; }

    /// <summary>Cause of the oldest entry of its output that is held.</summary>
    public EntryId CauseFirst { get; private set; }

    /// <summary>Inputs that are gone and are known to have had an outcome.</summary>
    public int TrimmedWithOutcome => _trimmedCauses.Count;

    /// <summary>Takes the next entry of its output that names a cause.</summary>
    public void AddOutput(EntryView entry, EntryId cause)
    {
        var stream = Reader.Outputs[0];
        var where = $"{stream}/{entry.Id}";
        if (StreamForm.Of(stream, entry)!.FaultOfOurs(entry) is { } fault)
            Found(CheckCodes.Form, where, fault, $"the fields {Reader.Name} writes, in their order");
        if (Outputs++ == 0) CauseFirst = cause;
        if (cause != _causeLast) _strategiesOfCause.Clear();
        var isNew = _strategiesOfCause.Add(entry["strategy"] ?? "");
        Follow(where, ref _causeLast, cause);
        if (Locate(where, cause) is not { } place)
        {
            CheckTrimmed(where, cause, entry.Trace);
            return;
        }

        CompareTrace(where, place, entry.Trace);
        foreach (var field in Contract.Carried)
        {
            if (Inputs.PrintAt(place, field) == entry.PrintOf(field)) continue;
            Found(
                CheckCodes.Field, where, $"field '{field}' \"{entry[field]}\"",
                $"that of its cause {Reader.Input}/{cause}");
        }

        OutputRules.Check(entry, where, Inputs.LimitAt(place), Found);
        var isTwice = (Inputs.MarksAt(place) & HeldEntries.Output) != 0 && Reader.Name switch
        {
            "outcome-tracker" => false,
            "signal-engine" => !isNew,
            _ => true,
        };
        Mark(where, place, HeldEntries.Output, isTwice);
    }

    /// <summary>Takes what it refused and buried; all of its output was added before.</summary>
    public void AddOthers(IReadOnlyList<RefusedInput> refusals, IReadOnlyList<(EntryId Letter, EntryId Subject)> letters)
    {
        var causeLast = EntryId.Zero;
        foreach (var refusal in refusals)
        {
            var where = $"{StreamNames.Rejected}/{refusal.Id}";
            Follow(where, ref causeLast, refusal.Cause);
            if (Locate(where, refusal.Cause) is not { } place)
            {
                CheckTrimmed(where, refusal.Cause, refusal.Trace);
                continue;
            }

            CompareTrace(where, place, refusal.Trace);
            foreach (var (field, print) in (ReadOnlySpan<(string, ulong)>)
                [("at", refusal.At), ("symbol", refusal.Symbol)])
            {
                if (Inputs.PrintAt(place, field) != print)
                    Found(CheckCodes.Field, where, $"another '{field}'", $"that of {Reader.Input}/{refusal.Cause}");
            }

            // A sale of more than is held closes what there is, and is refused for the rest.
            var forbidden = HeldEntries.Rejected | (Contract.Silence == Silence.AtBuys ? 0 : HeldEntries.Output);
            Mark(where, place, HeldEntries.Rejected, (Inputs.MarksAt(place) & forbidden) != 0);
        }

        causeLast = EntryId.Zero;
        foreach (var (letter, subject) in letters)
        {
            var where = $"{StreamNames.DeadLetters}/{letter}";
            Follow(where, ref causeLast, subject);
            if (Locate(where, subject) is not { } place) _trimmedCauses.Add(subject);
            else Mark(where, place, HeldEntries.Dead, Came(Inputs.MarksAt(place)));
        }
    }

    /// <summary>Says what was not looked at because it is gone.</summary>
    public void Complete()
    {
        if (_withTrimmedCause == 0) return;
        _notes.NotProven(Reader.Name, string.Create(CultureInfo.InvariantCulture,
            $"{_withTrimmedCause} of its entries name a cause that was trimmed: their fields are not proven."));
    }

    /// <summary>Whether anything came of an input.</summary>
    public static bool Came(byte marks) =>
        (marks & (HeldEntries.Output | HeldEntries.Rejected | HeldEntries.Dead)) != 0;

    private void Mark(string where, int place, byte mark, bool isTwice)
    {
        if (isTwice)
        {
            Found(
                CheckCodes.OutcomeTwice, where, $"one more outcome of {Reader.Input}/{Inputs.IdAt(place)}",
                $"{Reader.Name} to decide it once");
        }

        Inputs.Mark(place, mark);
    }

    private void Follow(string where, ref EntryId last, EntryId cause)
    {
        if (cause < last)
            Found(CheckCodes.CauseOrder, where, $"cause {cause}", $"one not before {last}, the cause of an earlier one");
        if (cause > last) last = cause;
        if (cause > Checkpoint.Position)
        {
            Found(
                CheckCodes.CauseAhead, where, $"cause {cause}",
                $"an input up to {Checkpoint.Position}, the position of {Reader.Name}");
        }
    }

    /// <summary>Place of a cause; null when it is gone, which is a finding unless it can have been trimmed.</summary>
    private int? Locate(string where, EntryId cause)
    {
        var place = Inputs.Find(cause);
        if (place >= 0) return place;
        var isTrimmed = InputsGone > 0 && (Inputs.Count == 0 || cause < Inputs.First);
        if (!isTrimmed)
            Found(CheckCodes.CauseMissing, where, $"cause {cause}", $"the id of an entry of {Reader.Input}");
        return null;
    }

    private void CheckTrimmed(string where, EntryId cause, EntryId trace)
    {
        _withTrimmedCause++;
        _trimmedCauses.Add(cause);
        if (!_traces.Knows(trace))
            Found(CheckCodes.Trace, where, $"trace {trace}", $"the id of an entry of {StreamNames.MarketData}");
    }

    private void CompareTrace(string where, int place, EntryId trace)
    {
        if (trace == Inputs.TraceAt(place)) return;
        Found(
            CheckCodes.Trace, where, $"trace {trace}",
            $"{Inputs.TraceAt(place)}, that of its cause {Reader.Input}/{Inputs.IdAt(place)}");
    }

    private void Found(string code, string where, string found, string expected)
    {
        var parts = where.Split('/');
        _notes.Found(code, where, found, expected, CheckNotes.Look(parts[0], parts[^1]));
    }
}
