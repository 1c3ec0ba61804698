using System.Globalization;
using TradeOs.Stages;

namespace TradeOs.Tests.Chaos;

/// <summary>MaxLength of every stream of the pipelines under test: as shipped, or small, so that nearly every commit
/// trims and only the archive has the whole.</summary>
internal static class StreamCaps
{
    /// <summary>Smallest that any batch of the harness may have: four batches of eight.</summary>
    public const int Min = 32;

    private static int? _lengthMax;

    /// <summary>What it was set to; null leaves it as shipped.</summary>
    public static int? LengthMax => _lengthMax;

    /// <summary>As arguments of the host.</summary>
    public static IReadOnlyList<string> Arguments => _lengthMax is not { } most
        ? []
        : [.. Topology.Streams.SelectMany(stream => (string[])
            ["--set", string.Create(CultureInfo.InvariantCulture, $"Streams:{stream}:MaxLength={most}")])];

    /// <summary>Sets it for this process; called before anything is started.</summary>
    public static void Be(int? lengthMax) => _lengthMax = lengthMax;
}
