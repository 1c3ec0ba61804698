using System.Collections.Immutable;
using TradeOs.Bus;
using TradeOs.Host;

namespace TradeOs.Benchmarks;

/// <summary>The archive of every stream in a temporary directory, as a host with the settings that ship keeps
/// it.</summary>
internal sealed class RunningArchive : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("tradeos-benchmark-archive-").FullName;
    private readonly Dictionary<string, LoopProgress> _progress = new(StringComparer.Ordinal);
    private readonly IReadOnlyDictionary<string, StreamLimit> _bounds;
    private readonly int _batchCountMax;

    public RunningArchive(IReadOnlyDictionary<string, StreamLimit> bounds, int batchCountMax)
    {
        (_bounds, _batchCountMax) = (bounds, batchCountMax);
        Limits = bounds.ToImmutableDictionary(
            bound => bound.Key,
            bound => bound.Value with { Readers = bound.Value.Readers.Add(ArchiveReaders.NameOf(bound.Key)) });
    }

    /// <summary>The bounds, with the archive as one more reader of each stream.</summary>
    public ImmutableDictionary<string, StreamLimit> Limits { get; }

    /// <summary>A loop for each stream.</summary>
    public IEnumerable<Func<CancellationToken, Task>> Loops(IStreamBus bus) => _bounds.Select((bound, index) =>
    {
        var limits = ArchiveLoop.Limits(
            bound.Value.MaxLength, new LoopLimits(_batchCountMax, RunningStages.ReadWait));
        var loop = new ArchiveLoop(
            bus, new ArchiveFolder(_directory, bound.Key), new ArchiveOptions(), limits,
            _progress[bound.Key] = new LoopProgress(ArchiveReaders.NameOf(bound.Key)), TimeProvider.System,
            (double)index / _bounds.Count);
        return (Func<CancellationToken, Task>)loop.RunAsync;
    });

    /// <summary>Whether so many entries of a stream are archived.</summary>
    public bool Has(string stream, long count) => _progress[stream].Count >= count;

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
