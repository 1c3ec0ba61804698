using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>One entry of <c>decisions.rejected</c>, as far as it is held against its cause.</summary>
internal readonly record struct RefusedInput(EntryId Id, EntryId Cause, EntryId Trace, ulong At, ulong Symbol);

/// <summary>What <c>decisions.rejected</c> says, by stage.</summary>
internal sealed class Refusals(CheckNotes notes)
{
    private readonly Dictionary<string, List<RefusedInput>> _byStage = new(StringComparer.Ordinal);

    /// <summary>Whether older ones are gone.</summary>
    public bool IsTrimmed { get; set; }

    /// <summary>Entries no stage wrote.</summary>
    public long Outside { get; private set; }

    /// <summary>Refusals of a stage, in the order written.</summary>
    public IReadOnlyList<RefusedInput> Of(string stage) => _byStage.TryGetValue(stage, out var found) ? found : [];

    /// <summary>Takes the next entry.</summary>
    public void Add(EntryView entry)
    {
        var where = $"{StreamNames.Rejected}/{entry.Id}";
        var look = CheckNotes.Look(StreamNames.Rejected, entry.Id);
        var contract = StageContract.All.FirstOrDefault(contract => contract.Stage == entry["stage"]);
        if (contract is null || entry.Cause is not { } cause)
        {
            Outside++;
            notes.Found(
                CheckCodes.OutsideEntry, where, $"stage \"{entry["stage"]}\", cause \"{entry["cause"]}\"",
                "a stage and the entry it refused", look);
            return;
        }

        if (StreamForm.Of(StreamNames.Rejected, entry)!.FaultOfOurs(entry) is { } fault)
        {
            notes.Found(
                CheckCodes.Form, where, fault, "at trace cause stage code detail symbol, as stages write them", look);
        }

        if (!contract.Codes.Contains(entry["code"] ?? ""))
        {
            notes.Found(
                CheckCodes.Rejection, where, $"code \"{entry["code"]}\" of {contract.Stage}",
                contract.Codes.IsEmpty ? "no refusal of that stage" : $"one of {string.Join(", ", contract.Codes)}",
                look);
        }

        if (!_byStage.TryGetValue(contract.Stage, out var list)) _byStage[contract.Stage] = list = [];
        list.Add(new RefusedInput(entry.Id, cause, entry.Trace, entry.PrintOf("at"), entry.PrintOf("symbol")));
    }
}
