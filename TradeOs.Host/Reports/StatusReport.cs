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
/// <param name="Findings">Why it is degraded; empty when it is not.</param>
internal sealed record StatusReport(
    PipelineReport Pipeline,
    string? Host,
    ImmutableSortedDictionary<string, long> Pending,
    OpenLetters Letters,
    ControlReport Control,
    ImmutableArray<string> Findings)
{
    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(600);

    /// <summary>Looks twice, a moment apart: a reader that is behind and did not move is a finding.</summary>
    internal static async Task<StatusReport> ReadAsync(BusLook look, bool relaxed, CancellationToken cancellationToken)
    {
        var before = await PipelineReport.ReadAsync(look.Bus, cancellationToken);
        if (before.Lag > 0) await Task.Delay(Apart, TimeProvider.System, cancellationToken);
        var pipeline = before.Lag > 0 ? await PipelineReport.ReadAsync(look.Bus, cancellationToken) : before;
        var host = await LivingHost.NameAsync(look.Control);
        var findings = FindingsOf(before, pipeline, host).ToList();
        foreach (var finding in await DurabilityCheck.ExamineAsync(look.Control))
            if (finding.Check.Severity == FindingSeverity.Fatal) findings.Add(finding.ToString());
        if (relaxed) findings.Add("Redis:AllowRelaxedDurability is on: a crash may lose acknowledged entries.");
        var control = await ControlReport.ReadAsync(look);
        findings.AddRange(FindingsOf(control, host));
        var letters = await OpenLetters.CountAsync(look, cancellationToken);
        return new StatusReport(pipeline, host, await PendingAsync(look.Control), letters, control, [.. findings]);
    }

    private static IEnumerable<string> FindingsOf(PipelineReport before, PipelineReport now, string? host)
    {
        if (host is null)
            yield return "No host runs the pipeline on this Redis, or it is just reconnecting. Start one: tradeos run.";
        for (var index = 0; index < now.Readers.Length; index++)
        {
            var reader = now.Readers[index];
            if (reader.Lag > 0 && reader.Checkpoint.Count == before.Readers[index].Checkpoint.Count)
                yield return $"{reader.Reader} is {reader.Lag} entries behind {reader.Input} and does not move.";
        }
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
