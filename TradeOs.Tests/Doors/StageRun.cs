using System.Text;
using TradeOs.Bus;
using TradeOs.Stages;
using TradeOs.Tests.Stages;

namespace TradeOs.Tests.Doors;

/// <summary>What a stage wrote, on a real server, in a loop of its own.</summary>
/// <param name="Ids">Ids of the entries it was shown.</param>
/// <param name="Outputs">Fields of its path entries without provenance, which are ids.</param>
/// <param name="Rejections">Stage, code and symbol of its refusals.</param>
/// <param name="DeadLetters">Its dead letters.</param>
/// <param name="Checkpoint">How far it came.</param>
internal sealed record StageRun(
    IReadOnlyList<string> Ids, IReadOnlyList<string> Outputs, IReadOnlyList<string> Rejections,
    IReadOnlyList<Entry> DeadLetters, Checkpoint Checkpoint)
{
    /// <summary>Adds the entries as another program does, then runs the stage that reads them until it has.</summary>
    public static async Task<StageRun> OfAsync(
        TestRedis server, RedisStreamBus bus, string stream, IReadOnlyList<OutsideEntry> entries,
        StageOptions options)
    {
        var ids = await AddAsync(server, stream, entries);
        return await RestAsync(bus, stream, options) with { Ids = ids };
    }

    /// <summary>Runs the stage that reads the stream until it has taken everything there is.</summary>
    public static async Task<StageRun> RestAsync(RedisStreamBus bus, string stream, StageOptions options)
    {
        using var disposed = bus;
        var stage = Pipeline.CreateStages(options).Single(stage => stage.Reader.Input == stream);
        var added = (await bus.InspectStreamAsync(stream, CancellationToken.None)).Added;
        using var stop = new CancellationTokenSource();
        var loop = new StageLoop(
            bus, stage, new LoopLimits(16, TimeSpan.FromMilliseconds(20)), new LoopProgress(stage.Reader.Name));
        var running = Task.Run(() => loop.RunAsync(stop.Token), CancellationToken.None);
        await Poll.UntilAsync(async () => running.IsCompleted
            || (await bus.InspectReaderAsync(stage.Reader.Name, CancellationToken.None))?.Count >= added);
        await stop.CancelAsync();
        await running;
        return new StageRun(
            [],
            [.. (await AllAsync(bus, stage.Reader.Outputs[0])).Select(TextOf)],
            [.. (await AllAsync(bus, StreamNames.Rejected)).Select(RefusalOf)],
            await AllAsync(bus, StreamNames.DeadLetters),
            (await bus.InspectReaderAsync(stage.Reader.Name, CancellationToken.None))!);
    }

    /// <summary>Adds entries; gives their ids.</summary>
    public static async Task<IReadOnlyList<string>> AddAsync(
        TestRedis server, string stream, IReadOnlyList<OutsideEntry> entries)
    {
        using var connection = await DataConnection.ConnectAsync(
            server.Options, TimeProvider.System, CancellationToken.None);
        var ids = new List<string>();
        foreach (var entry in entries)
        {
            entry.Write(connection.Commands, stream);
            await connection.SendAsync();
            ids.Add(DataConnection.ThrowIfError(await connection.ReceiveAsync()).Text()!);
        }

        return ids;
    }

    private static Task<IReadOnlyList<Entry>> AllAsync(RedisStreamBus bus, string stream) =>
        bus.RangeAsync(stream, EntryId.Zero, 100_000, CancellationToken.None);

    private static string RefusalOf(Entry entry) =>
        $"{TestText.Of(entry, "stage")} {TestText.Of(entry, "code")} {TestText.Of(entry, "symbol")}";

    private static string TextOf(Entry entry)
    {
        var text = new StringBuilder();
        foreach (var field in entry.Fields)
        {
            if (field.Name.SequenceEqual("trace"u8) || field.Name.SequenceEqual("cause"u8)) continue;
            text.Append(Encoding.UTF8.GetString(field.Name)).Append('=').Append(Encoding.UTF8.GetString(field.Value));
            text.Append(' ');
        }

        return text.ToString();
    }
}
