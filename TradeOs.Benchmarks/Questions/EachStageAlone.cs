using BenchmarkDotNet.Attributes;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Benchmarks;

/// <summary>What does an entry cost a stage itself: decoded, decided, encoded, its state saved every 128?</summary>
/// <remarks>An operation is an entry. The entries are those a run over the simulator gives the stage.</remarks>
public class EachStageAlone
{
    private const int EntryCount = 1_000;
    private const int BatchCountMax = 128;

    private readonly Dictionary<string, string> _nothing = [];
    private readonly Batch _batch = new();
    private IReadOnlyList<Entry> _entries = [];
    private IStage _stage = null!;

    /// <summary>Which stage.</summary>
    [ParamsSource(nameof(Names))]
    public string Stage { get; set; } = "";

    /// <summary>All of them.</summary>
    public static IEnumerable<string> Names => Topology.Stages.Select(stage => stage.Name);

    [GlobalSetup]
    public void Start()
    {
        _stage = Pipeline.CreateStages(new StageOptions()).Single(stage => stage.Reader.Name == Stage);
        _entries = MemoryReplay.EntriesAsync(_stage.Reader.Input!, EntryCount).GetAwaiter().GetResult();
        if (_entries.Count != EntryCount) throw new InvalidOperationException($"Only {_entries.Count} entries.");
    }

    [Benchmark(OperationsPerInvoke = EntryCount)]
    public int Apply()
    {
        _stage.Restore(_nothing);
        var written = 0;
        for (var start = 0; start < EntryCount; start += BatchCountMax)
        {
            _batch.Clear();
            for (var index = start; index < Math.Min(start + BatchCountMax, EntryCount); index++)
                _stage.Apply(_entries[index], _batch);
            _stage.Save(_batch);
            written += _batch.OutputCount;
        }

        return written;
    }
}
