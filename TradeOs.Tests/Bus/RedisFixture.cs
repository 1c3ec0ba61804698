using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Bus;

/// <summary>A server of its own for the fixture, emptied before each test, and a reader <c>copy</c> from in to
/// out.</summary>
public abstract class RedisFixture
{
    protected static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(20);

    protected static CancellationToken Cancel => TestContext.CurrentContext.CancellationToken;

    protected TestRedis Server { get; private set; } = null!;

    [OneTimeSetUp]
    public async Task StartServerAsync() => Server = await TestRedis.StartAsync();

    [OneTimeTearDown]
    public async Task StopServerAsync()
    {
        if (Server is not null) await Server.DisposeAsync();
    }

    [SetUp]
    public async Task EmptyServerAsync() => await Server.CliAsync("FLUSHALL");

    protected static ReaderDefinition Copy(ReadMode mode) => new("copy", "in", mode, ["out"], 1);

    /// <summary>A bus of another host; the limits bound nothing.</summary>
    protected RedisStreamBus NewHost(Action<RedisOptions>? change = null)
    {
        var options = Server.Options;
        change?.Invoke(options);
        return NewHost(options, new PipelineMemory());
    }

    /// <summary>The same of a host that remembers.</summary>
    protected RedisStreamBus NewHost(PipelineMemory memory) => NewHost(Server.Options, memory);

    /// <summary>The same with bounds.</summary>
    protected RedisStreamBus NewHost(ImmutableDictionary<string, StreamLimit> limits) =>
        NewHost(Server.Options, new PipelineMemory(), limits);

    private static RedisStreamBus NewHost(
        RedisOptions options, PipelineMemory memory, ImmutableDictionary<string, StreamLimit>? limits = null) => new(
        options, limits ?? ImmutableDictionary<string, StreamLimit>.Empty, new OpenGate(),
        Guid.NewGuid().ToString("N"), TimeProvider.System, NullLogger<RedisStreamBus>.Instance)
    {
        Memory = memory,
    };

    protected async Task AddAsync(params string[] texts)
    {
        foreach (var text in texts) await Server.CliAsync("XADD", "in", "*", "text", text);
    }

    /// <summary>Texts of a stream, oldest first, as the server has them.</summary>
    protected async Task<IReadOnlyList<string>> TextsAsync(string stream)
    {
        using var bus = NewHost();
        return [.. (await bus.RangeAsync(stream, EntryId.Zero, 100_000, Cancel)).Select(CopyStage.TextOf)];
    }

    /// <summary>What the server keeps as state of a reader.</summary>
    protected async Task<Dictionary<string, string>> StateAsync(string reader)
    {
        var lines = (await Server.CliAsync("HGETALL", RedisKeys.State(reader))).Split('\n');
        return lines.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);
    }

    protected static async Task<Batch> CopyOfAllAsync(IStreamReader reader)
    {
        var batch = new Batch();
        foreach (var entry in await reader.ReadAsync(100, Moment, Cancel))
        {
            batch.Append("out").Add("text"u8, CopyStage.TextOf(entry));
            batch.Complete(entry.Id);
        }

        return batch;
    }

    /// <summary>Runs the loop until <paramref name="isDone"/>, or throws what ended it before.</summary>
    protected static Task RunUntilAsync(StageLoop loop, Func<Task<bool>> isDone) =>
        RunUntilAsync(loop.RunAsync, isDone);

    /// <summary>The same for a loop of another kind.</summary>
    protected static async Task RunUntilAsync(Func<CancellationToken, Task> run, Func<Task<bool>> isDone)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var running = Task.Run(() => run(stop.Token), CancellationToken.None);
        var started = TimeProvider.System.GetTimestamp();
        var isLate = false;
        while (!running.IsCompleted && !isLate && !await isDone())
        {
            await Task.Delay(5, Cancel);
            isLate = TimeProvider.System.GetElapsedTime(started) > TimeSpan.FromSeconds(120);
        }

        await stop.CancelAsync();
        await running;
        Assert.That(isLate, Is.False, "The loop did not get there.");
    }
}
