using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>Looks at the programs that registered as readers.</summary>
internal static class OutsideExamination
{
    /// <summary>Examines them.</summary>
    /// <returns>Their consumer groups, by stream: those are known.</returns>
    public static async Task<ILookup<string, string>> ExamineAsync(
        ControlConnection control, Settings settings, Examination examination)
    {
        var snapshot = await RetentionSnapshot.TakeAsync(control, ArchiveReaders.Limits(settings));
        foreach (var finding in OutsideFindings.Of(snapshot))
            examination.Found(finding.Check, finding.Where, finding.Found, finding.Expected, finding.Cure);
        return snapshot.Outside.Where(standing => standing.IsHolding && standing.Reader.Group.Length > 0)
            .ToLookup(standing => standing.Reader.Stream, standing => standing.Reader.Group, StringComparer.Ordinal);
    }
}
