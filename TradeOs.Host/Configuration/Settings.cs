using System.Collections.Immutable;
using Microsoft.Extensions.Configuration;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>Every option resolved and checked; nothing else reads the configuration.</summary>
/// <param name="Configuration">What it was read from, for <c>config show</c>.</param>
/// <param name="Redis">Which Redis.</param>
/// <param name="Data">Where files are kept.</param>
/// <param name="Pipeline">How the loops work.</param>
/// <param name="Archive">How the archive is written.</param>
/// <param name="Stages">What the stages are told.</param>
/// <param name="Streams">Bounds of every stream of the topology.</param>
/// <param name="Feeds">Feeds used when the command line names none.</param>
public sealed record Settings(
    IConfigurationRoot Configuration,
    RedisOptions Redis,
    DataOptions Data,
    PipelineOptions Pipeline,
    ArchiveOptions Archive,
    StageOptions Stages,
    ImmutableSortedDictionary<string, StreamOptions> Streams,
    ImmutableArray<string> Feeds)
{
    /// <summary>
    /// Every section with its resolved options, in the order of <see cref="TradeOs.Host.Sections.All"/>.
    /// </summary>
    public IReadOnlyList<(string Section, object Options)> Sections =>
    [
        (RedisOptions.Section, Redis), (DataOptions.Section, Data), (PipelineOptions.Section, Pipeline),
        (ArchiveOptions.Section, Archive),
        .. typeof(StageOptions).GetProperties().Select(section => (section.Name, section.GetValue(Stages)!)),
    ];

    /// <summary>The streams that are archived, path first; on Redis only.</summary>
    public ImmutableArray<string> ArchivedStreams => [.. Topology.Streams.Where(stream => Streams[stream].Archive)];

    /// <summary>The data directory, absolute.</summary>
    public string DataDirectory => Path.GetFullPath(Data.Directory);
}
