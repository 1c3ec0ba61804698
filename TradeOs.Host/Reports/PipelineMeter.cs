using System.Diagnostics.Metrics;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>What a metrics tool on this machine can watch while a host runs: docs/METRICS.md.</summary>
/// <remarks>Nothing is sent anywhere. A tool attaches to the process and asks; until one does, nothing is
/// computed.</remarks>
internal sealed class PipelineMeter : IDisposable
{
    /// <summary>Name of the meter, which tools ask for.</summary>
    public const string Name = "TradeOs";

    private readonly Meter _meter = new(Name);
    private readonly TimeProvider _time;

    /// <summary>A meter of one run.</summary>
    /// <param name="loops">Every loop of the host: the feed, the stages, the archives.</param>
    /// <param name="outage">Whether Redis is away; null for a bus without a server.</param>
    /// <param name="limits">Bounds of the streams.</param>
    /// <param name="waits">Loops that stand still, and why.</param>
    /// <param name="streams">The streams as they were seen last; null before.</param>
    /// <param name="time">Clock of the waits.</param>
    public PipelineMeter(
        IReadOnlyList<LoopProgress> loops, OutageLog? outage, IReadOnlyDictionary<string, StreamLimit> limits,
        Func<IReadOnlyList<WaitNote>> waits, Func<RetentionSnapshot?> streams, TimeProvider time)
    {
        _time = time;
        _meter.CreateObservableCounter(
            "tradeos.reader.inputs", () => loops.Select(loop => Of(loop.Count, "reader", loop.Name)),
            "{entry}", "Entries a reader has committed since the beginning of its stream; rows, for the feed.");
        _meter.CreateObservableCounter(
            "tradeos.reader.outputs", () => loops.Select(loop => Of(loop.Written, "reader", loop.Name)),
            "{entry}", "Entries it has written.");
        _meter.CreateObservableGauge(
            "tradeos.reader.wait", () => waits().Select(WaitOf),
            "s", "How long a writer has waited for room in a stream, or for something outside Redis.");
        _meter.CreateObservableGauge(
            "tradeos.redis.outage", () => outage?.Current is { } away ? SecondsSince(away.Since) : 0,
            "s", "How long Redis has been away; 0 while it answers.");
        _meter.CreateObservableGauge(
            "tradeos.stream.length", () => Seen().Select(stream => Of(stream.Value.Length, "stream", stream.Key)),
            "{entry}", "Entries a stream holds.");
        _meter.CreateObservableGauge(
            "tradeos.stream.length.max", () => limits.Select(limit => Of(limit.Value.MaxLength, "stream", limit.Key)),
            "{entry}", "MaxLength of a stream.");
        _meter.CreateObservableGauge(
            "tradeos.stream.unread", () => Seen().SelectMany(UnreadOf),
            "{entry}", "Entries of a stream a reader is not done with, which no trim takes.");

        IEnumerable<KeyValuePair<string, StreamStanding>> Seen() =>
            streams()?.Streams ?? Enumerable.Empty<KeyValuePair<string, StreamStanding>>();
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private Measurement<double> WaitOf(WaitNote wait)
    {
        var seconds = SecondsSince(wait.Since);
        if (wait.Room is null) return new(seconds, Tag("reader", wait.Reader), Tag("why", "blocked"));
        var room = wait.Room.Split(" held by ");
        return new Measurement<double>(
            seconds, Tag("reader", wait.Reader), Tag("why", "full"), Tag("stream", room[0]), Tag("held_by", room[^1]));
    }

    private static IEnumerable<Measurement<long>> UnreadOf(KeyValuePair<string, StreamStanding> stream) =>
        stream.Value.Readers.Select(reader => new Measurement<long>(
            stream.Value.UnreadBy(reader), Tag("stream", stream.Key), Tag("reader", reader.Name)));

    private double SecondsSince(DateTimeOffset since) => (_time.GetUtcNow() - since).TotalSeconds;

    private static Measurement<long> Of(long value, string tag, string text) => new(value, Tag(tag, text));

    private static KeyValuePair<string, object?> Tag(string name, string text) => new(name, text);
}
