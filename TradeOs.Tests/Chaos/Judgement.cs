using TradeOs.Bus;
using TradeOs.Host;
using TradeOs.Tests.EndToEnd;

namespace TradeOs.Tests.Chaos;

/// <summary>What a pipeline is held against, however it was disturbed.</summary>
internal static class Judgement
{
    private static readonly Lazy<Task<IReadOnlyDictionary<string, string>>> UndisturbedRun = new(UndisturbedAsync);

    /// <summary>SHA-256 of every stream of a run that nobody disturbed.</summary>
    public static Task<IReadOnlyDictionary<string, string>> Undisturbed => UndisturbedRun.Value;

    /// <summary>Holds the summary of a host that ended against a run that nobody disturbed.</summary>
    public static async Task OfRunAsync(TradeOsResult result)
    {
        Trial.Demand(result.ExitCode == 0, $"The host did not finish: {World.Said(result.Error)}\n{result.Output}");
        foreach (var (stream, digest) in await Undisturbed)
        {
            Trial.Demand(
                result.Digests[stream] == digest,
                $"{stream} differs from an undisturbed run: {result.Entries[stream]} entries, {result.Added[stream]} " +
                "ever appended.");
        }
    }

    /// <summary>Demands that the independent checker finds nothing else than what is accepted.</summary>
    public static async Task OfStreamsAsync(
        RedisOptions server, bool atRest, string[] accepted, CancellationToken cancellationToken)
    {
        try
        {
            var report = await CheckReading.RunAsync(server, atRest, cancellationToken);
            var findings = report.Findings.Where(finding => !accepted.Contains(finding.Code)).ToList();
            Trial.Demand(
                findings.Count == 0,
                $"tradeos check finds {findings.Count}: " +
                string.Join('\n', findings.Take(5).Select(finding => $"{finding.Code}: {finding}")));
        }
        catch (NothingToCheckException)
        {
            // Nobody opened a reader yet, so nothing can be lost.
        }
    }

    private static async Task<IReadOnlyDictionary<string, string>> UndisturbedAsync()
    {
        var result = await TradeOsProcess.RunAsync(
            ["run", "--bus", "memory", "--feed", GeneratedMarket.Feed, .. GeneratedMarket.Settings, "--until-idle",
            "--json"]);
        return result.ExitCode == 0
            ? result.Digests
            : throw new InvalidOperationException($"The undisturbed run failed: {result}");
    }
}
