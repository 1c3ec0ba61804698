using System.Collections.Immutable;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>How the pipeline is, read from Redis alone.</summary>
/// <param name="Pipeline">Where every reader stands.</param>
/// <param name="Host">What the living host calls itself; null when none lives.</param>
/// <param name="Pending">Entries delivered and not committed, by consumer group.</param>
/// <param name="Letters">Dead letters nobody has resolved; they wait for a person and degrade nothing.</param>
/// <param name="Control">What an operator ordered last, and which stage obeys it.</param>
/// <param name="Standstill">What the host itself says of a standstill; null when it says nothing.</param>
/// <param name="Findings">Why it is degraded; empty when it is not.</param>
internal sealed record StatusReport(
    PipelineReport Pipeline,
    string? Host,
    ImmutableSortedDictionary<string, long> Pending,
    OpenLetters Letters,
    ControlReport Control,
    StandstillNote? Standstill,
    ImmutableArray<string> Findings)
{
    /// <summary>Looks until every stage has shown that it works, a few seconds at most: one that moved, or that has
    /// nothing to do and still asks, is healthy; any other is a finding.</summary>
    internal static async Task<StatusReport> ReadAsync(
        BusLook look, Settings settings, CancellationToken cancellationToken)
    {
        var host = await LivingHost.NameAsync(look.Control);
        var watch = new ReaderWatch(look, TimeProvider.System);
        var lacks = await watch.WatchAsync(host is not null, cancellationToken);

        // The note last: a standstill that ended while we looked is none.
        var standstill = new StandstillFile(settings.DataDirectory).Read();
        var findings = FindingsOf(host, lacks, standstill, watch.Report).ToList();
        foreach (var finding in await DurabilityCheck.ExamineAsync(look.Control))
            if (finding.Check.Severity == FindingSeverity.Fatal) findings.Add(finding.ToString());
        if (settings.Redis.AllowRelaxedDurability)
            findings.Add("Redis:AllowRelaxedDurability is on: a crash may lose acknowledged entries.");
        var retention = await RetentionSnapshot.TakeAsync(look.Control, ArchiveReaders.Limits(settings));
        findings.AddRange(OutsideFindings.Of(retention).Select(finding => finding.ToString()));
        var control = await ControlReport.ReadAsync(look);
        findings.AddRange(FindingsOf(control, host));
        var letters = await OpenLetters.CountAsync(look, cancellationToken);
        var pending = await PendingAsync(look.Control);
        return new StatusReport(watch.Report, host, pending, letters, control, standstill, [.. findings]);
    }

    private static IEnumerable<string> FindingsOf(
        string? host, ImmutableArray<string> lacks, StandstillNote? standstill, PipelineReport report)
    {
        if (host is null)
            yield return "No host runs the pipeline on this Redis, or it is just reconnecting. Start one: tradeos run.";
        else if (lacks.Length == report.Readers.Length - 1 + report.Archives.Length)
            yield return $"Host {host} is connected, but none of its stages works: it is stopped or hangs.";
        foreach (var sentence in standstill?.Sentences() ?? []) yield return sentence;

        // Where no host runs, a stage without work lacks nothing more.
        foreach (var lack in host is null ? BehindOf(report) : lacks) yield return lack;
    }

    /// <summary>A halt is what somebody asked for and no damage; one that is not obeyed, or cannot be, is.</summary>
    private static IEnumerable<string> FindingsOf(ControlReport control, string? host)
    {
        if (control.Damage is { } damage)
        {
            yield return $"{damage}. Stages stop there. Say how trading goes on: {ControlFlag.Verbs}.";
            yield break;
        }

        if (host is null) yield break;
        foreach (var stage in control.Stages.Where(stage => !control.IsObeyedBy(stage)))
            yield return $"{stage.Stage} has not obeyed change {control.Flag!.Number} yet ({control.Flag.ForPeople}).";
    }

    private static IEnumerable<string> BehindOf(PipelineReport report) =>
        from reader in report.Readers.Concat(report.Archives)
        where reader.Lag != 0
        select $"{reader.Reader} is {reader.Lag} entries behind {reader.Input} and nobody reads.";

    private static async Task<ImmutableSortedDictionary<string, long>> PendingAsync(ControlConnection control)
    {
        var pending = ImmutableSortedDictionary.CreateBuilder<string, long>(StringComparer.Ordinal);
        foreach (var stage in Topology.Stages.Where(stage => stage.Mode == ReadMode.Group))
        {
            try
            {
                var answer = (RedisResult[])(await control.ExecuteAsync("XPENDING", stage.Input!, stage.Name))!;
                pending[stage.Name] = (long)answer[0];
            }
            catch (RedisServerException)
            {
                // The group is made when its stage is first opened; before that nothing can be pending.
                pending[stage.Name] = 0;
            }
        }

        return pending.ToImmutable();
    }
}
