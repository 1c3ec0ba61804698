using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Tests.Bus;

namespace TradeOs.Tests.Retention;

/// <summary>A writer of the stream <c>out</c>, which nobody of the pipeline reads, and what registers beside
/// it.</summary>
public abstract class RetentionFixture : RedisFixture
{
    protected const int MaxLength = 100;

    private static readonly ReaderDefinition Source = new("source", null, ReadMode.Offset, ["out"], 1);

    private protected static StreamLimit Limit { get; } = new(MaxLength, []);

    private RedisStreamBus _bus = null!;

    private protected ControlConnection Control { get; private set; } = null!;

    private protected IStreamReader Writer { get; private set; } = null!;

    private protected OutsideRegistry Registry { get; private set; } = null!;

    private protected SetTime Time { get; private set; } = null!;

    private protected LogLines<RetentionWatch> Log { get; } = new();

    private protected static OutsideReader Python { get; } =
        new("python", "out", "", StuckRule.Wait, OutsideReader.ReleaseAfterDefault);

    private protected static OutsideReader Grouped { get; } = Python with { Name = "grouped", Group = "mine" };

    [SetUp]
    public async Task OpenAsync()
    {
        Time = new SetTime();
        Log.Clear();
        Control = await ControlConnection.ConnectAsync(Server.Options, Cancel);
        var runId = (await Control.InfoAsync("server"))["run_id"];
        Registry = new OutsideRegistry(Control, runId, Time);
        _bus = new RedisStreamBus(
            Server.Options, Limits(Limit), new OpenGate(), "host", TimeProvider.System,
            NullLogger<RedisStreamBus>.Instance);
        Writer = await _bus.OpenAsync(Source, Cancel);
    }

    [TearDown]
    public async Task CloseAsync()
    {
        await Writer.DisposeAsync();
        _bus.Dispose();
        Control.Dispose();
    }

    private protected static ImmutableDictionary<string, StreamLimit> Limits(StreamLimit limit) =>
        ImmutableDictionary<string, StreamLimit>.Empty.Add("out", limit);

    /// <summary>Commits so many entries at once.</summary>
    protected async Task<CommitResult> WriteAsync(int count)
    {
        var batch = new Batch();
        for (var entry = 0; entry < count; entry++) batch.Append("out").Add("text"u8, "x");
        return await Writer.CommitAsync(batch, Cancel);
    }

    /// <summary>Writes in commits of ten, each of which must land.</summary>
    protected async Task FillAsync(int count)
    {
        for (var written = 0; written < count; written += 10)
            Assert.That(await WriteAsync(10), Is.EqualTo(CommitResult.Committed), $"{written} {Writer.Detail}");
    }

    protected async Task<IReadOnlyList<string>> IdsAsync()
    {
        var entries = (RedisResult[])(await Control.ExecuteAsync("XRANGE", "out", "-", "+"))!;
        return [.. entries.Select(entry => (string)((RedisResult[])entry!)[0]!)];
    }

    /// <summary>The program without a group says how far it is, the way its own client would.</summary>
    private protected Task SayAsync(string id) => Server.CliAsync("HSET", "tradeos:offset:python", "position", id);

    /// <summary>Reads in the group, and acknowledges what it is told to.</summary>
    protected async Task<IReadOnlyList<string>> ReadInGroupAsync(int count)
    {
        var answer = (RedisResult[])(await Control.ExecuteAsync(
            "XREADGROUP", "GROUP", "mine", "me", "COUNT", count, "STREAMS", "out", ">"))!;
        var entries = (RedisResult[])((RedisResult[])answer[0]!)[1]!;
        return [.. entries.Select(entry => (string)((RedisResult[])entry!)[0]!)];
    }

    private protected async Task<OutsideStep> FollowAsync(OutsideReader reader, bool isAwaited = false)
    {
        while (true)
        {
            var step = await Registry.FollowAsync(reader, Limit, isAwaited, isFirst: false);
            if (step!.IsAll) return step;
        }
    }

    private protected RetentionWatch Watch(StreamLimit? limit = null, params string[] awaited) =>
        new(Server.Options, new OpenGate(), Limits(limit ?? Limit), Time, Log) { RoomsAwaited = () => awaited };

    private protected async Task<OutsideStanding> StandingAsync(string name) =>
        (await RetentionSnapshot.TakeAsync(Control, Limits(Limit))).Outside.Single(found => found.Reader.Name == name);

    /// <summary>Entries behind an id, counted by hand.</summary>
    protected async Task<int> BehindAsync(EntryId id) =>
        (await IdsAsync()).Count(found => EntryId.Parse(found) > id);

    /// <summary>A clock the test sets.</summary>
    private protected sealed class SetTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; } =
            DateTimeOffset.Parse("2026-11-29T10:00:00Z", CultureInfo.InvariantCulture);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
