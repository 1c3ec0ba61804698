using System.CommandLine;
using System.Globalization;
using TradeOs.Stages;

namespace TradeOs.Benchmarks;

/// <summary>
/// A long run with a small MaxLength on every stream beside one without any: no stream passes its bound, the memory of
/// Redis stays flat, and archive and stream together hold the same entries.
/// </summary>
internal static class BoundedMeasurement
{
    private static readonly Option<int> TicksOption = new("--ticks")
    {
        Description = "Ticks of the simulator.", DefaultValueFactory = _ => 5_000_000,
    };

    private static readonly Option<int> CapOption = new("--cap")
    {
        Description = "MaxLength of every stream in the first run.", DefaultValueFactory = _ => 10_000,
    };

    private static readonly Option<int> SeedOption = new("--seed")
    {
        Description = "Seed of the simulator.", DefaultValueFactory = _ => 1,
    };

    /// <summary>Runs both, prints what was seen, and fails when a bound was passed or the digests differ.</summary>
    public static Task<int> RunAsync(string[] arguments)
    {
        var command = new RootCommand("Runs tradeos on a Redis of its own, with small streams and without bounds.")
        {
            TicksOption, CapOption, SeedOption,
        };
        command.SetAction((asked, cancellationToken) => MeasureAsync(
            asked.GetValue(TicksOption), asked.GetValue(CapOption), asked.GetValue(SeedOption), cancellationToken));
        return command.Parse(arguments).InvokeAsync();
    }

    private static async Task<int> MeasureAsync(int ticks, int cap, int seed, CancellationToken cancellationToken)
    {
        Say($"{ticks:#,0} ticks, seed {seed}; {Machine.Describe()}");
        var capped = await BoundedRun.ObserveAsync(ticks, seed, cap, cancellationToken);
        Tell($"MaxLength {cap:#,0} everywhere", capped);
        var free = await BoundedRun.ObserveAsync(ticks, seed, lengthMax: null, cancellationToken);
        Tell($"without bounds", free);

        Say($"");
        Say($"{capped.Samples:#,0} looks at the bounded streams");
        Say($"| stream | entries | longest | held at the end | SHA-256 as without bounds |");
        Say($"|---|---:|---:|---:|---|");
        foreach (var stream in Topology.Streams)
        {
            var (one, longest) = (capped.Streams[stream], capped.Longest[stream]);
            var same = IsSame(capped, free, stream) ? "yes" : "NO";
            Say($"| {stream} | {one.Entries:#,0} | {longest:#,0} | {one.Held:#,0} | {same} |");
        }

        var isKept = capped.Longest.Values.All(length => length <= cap)
            && Topology.Streams.All(stream => IsSame(capped, free, stream));
        if (!isKept) Say($"A bound was passed, or the runs differ.");
        return isKept ? 0 : 1;
    }

    private static void Tell(FormattableString name, BoundedRun run)
    {
        Say($"");
        Say($"{name.ToString(CultureInfo.InvariantCulture)}: {run.Seconds:0} s");
        Say($"  resident memory of redis in each tenth of the ticks, MB: {string.Join(", ", run.RedisTenths)}");
        Say($"  resident memory of the host, highest, MB: {run.HostPeak:0}; archive, MB: {run.ArchiveBytes / 1e6:0}");
    }

    private static bool IsSame(BoundedRun one, BoundedRun other, string stream) =>
        (one.Streams[stream].Sha256, one.Streams[stream].Entries)
        == (other.Streams[stream].Sha256, other.Streams[stream].Entries);

    private static void Say(FormattableString text) =>
        Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
