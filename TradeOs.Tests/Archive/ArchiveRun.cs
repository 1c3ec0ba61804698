using TradeOs.Stages;
using TradeOs.Tests.EndToEnd;

namespace TradeOs.Tests.Archive;

/// <summary>The real executable with caps so small that most of every stream lives in the archive alone.</summary>
internal static class ArchiveRun
{
    public const int Cap = 400;

    /// <summary>Rows of the usual feed.</summary>
    public const int Rows = 12_000;

    public static string Feed { get; } = $"simulated:count={Rows},rate=max";

    public static string[] Where(RedisServerProcess redis, TemporaryDirectory data) =>
        ["--redis", redis.Endpoint, "--set", "Redis:Mode=External", "--data", data.Path];

    /// <summary>Segments as small as they may be, and a flush for few entries.</summary>
    public static string[] Arguments(RedisServerProcess redis, TemporaryDirectory data, string feed) =>
    [
        "run", .. Where(redis, data), "--feed", feed, "--until-idle", "--json",
        .. Topology.Streams.SelectMany(stream => new[] { "--set", $"Streams:{stream}:MaxLength={Cap}" }),
        "--set", "Pipeline:BatchCountMax=16", "--set", "Archive:SegmentBytesMax=65536",
        "--set", "Archive:FlushInterval=00:00:00.010",
    ];

    /// <summary>The same decisions without Redis, caps and archive.</summary>
    public static async Task<TradeOsResult> FreeAsync(string feed) => await TradeOsProcess.RunAsync(
        "run", "--bus", "memory", "--feed", feed, "--until-idle", "--json", "--set", "Pipeline:BatchCountMax=16");
}
