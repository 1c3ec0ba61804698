using System.Text;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Tests.Stages;

/// <summary>Shows one stage raw entries and gives what it wrote, as <c>stream field=value ...</c>.</summary>
internal sealed class StageBench(string stage, StageOptions? options = null)
{
    private readonly IStage _stage =
        Pipeline.CreateStages(options ?? new StageOptions()).Single(found => found.Reader.Name == stage);

    private readonly InMemoryStreamBus _bus = new(new MemoryStore(new Dictionary<string, StreamLimit>()));

    /// <summary>State as last committed.</summary>
    public IReadOnlyDictionary<string, string> State { get; private set; } = new Dictionary<string, string>();

    /// <summary>Shows an entry written as <c>name=value name=value</c>; <c>_</c> stands for a blank.</summary>
    public Task<IReadOnlyList<Entry>> ShowAsync(string entry) => ShowAsync(writer =>
    {
        foreach (var field in entry.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = field.Split('=', 2);
            writer.Add(Encoding.UTF8.GetBytes(parts[0]), parts[1].Replace('_', ' ').AsSpan());
        }
    });

    /// <summary>Shows one entry and gives everything written since the beginning, path stream first.</summary>
    public async Task<IReadOnlyList<Entry>> ShowAsync(Action<FieldWriter> write)
    {
        var writer = await _bus.OpenAsync(
            new ReaderDefinition("writer", null, ReadMode.Offset, [_stage.Reader.Input!], 1), CancellationToken.None);
        var batch = new Batch();
        write(batch.Append(_stage.Reader.Input!));
        await writer.CommitAsync(batch, CancellationToken.None);
        await DriveAsync(batch);
        var written = new List<Entry>();
        foreach (var stream in _stage.Reader.Outputs)
            written.AddRange(await _bus.RangeAsync(stream, EntryId.Zero, int.MaxValue, CancellationToken.None));
        return written;
    }

    private async Task DriveAsync(Batch batch)
    {
        var reader = await _bus.OpenAsync(_stage.Reader, CancellationToken.None);
        _stage.Restore(reader.State);
        var entries = await reader.ReadAsync(100, TimeSpan.Zero, CancellationToken.None);
        batch.Clear();
        foreach (var entry in entries) _stage.Apply(entry, batch);
        _stage.Save(batch);
        await reader.CommitAsync(batch, CancellationToken.None);
        State = (await _bus.OpenAsync(_stage.Reader, CancellationToken.None)).State;
    }
}
