using Microsoft.Extensions.Logging;

namespace TradeOs.Bus;

/// <summary>Follows the outside readers and keeps MaxAge and MaxBytes, once a second while a host runs.</summary>
/// <remarks>
/// Nothing waits for it: a commit looks at what is registered by itself. Without it nothing is lost either, an outside
/// reader only seems to stand where it was last seen.
/// </remarks>
public sealed partial class RetentionWatch : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <summary>Steps for one reader in one look, so that every reader has its turn: 50,000 entries.</summary>
    private const int StepsMax = 100;

    private readonly RedisOptions _options;
    private readonly IServerGate _gate;
    private readonly IReadOnlyDictionary<string, StreamLimit> _limits;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _said = new(StringComparer.Ordinal);
    private ControlConnection? _control;
    private string _admitted = "";

    /// <summary>A watch of one host.</summary>
    /// <param name="options">Where Redis is.</param>
    /// <param name="gate">Decides whether a server may be written to.</param>
    /// <param name="limits">Bounds and readers by stream.</param>
    /// <param name="time">Clock of the looks, and of ages.</param>
    /// <param name="logger">One line for each reader that is released, lost entries or cannot be followed.</param>
    public RetentionWatch(
        RedisOptions options, IServerGate gate, IReadOnlyDictionary<string, StreamLimit> limits, TimeProvider time,
        ILogger<RetentionWatch> logger) =>
        (_options, _gate, _limits, _time, _logger) = (options, gate, limits, time, logger);

    /// <summary>What a writer waits for now, as <see cref="LoopProgress.RoomAwaited"/> says it.</summary>
    public Func<IEnumerable<string>> RoomsAwaited { get; init; } = () => [];

    /// <summary>Owner of the host's place; while another one has it nothing is written. Empty looks at none.</summary>
    public string Owner { get; init; } = "";

    /// <summary>What was seen at the last look that succeeded; null before.</summary>
    public RetentionSnapshot? Seen { get; private set; }

    /// <summary>Looks every second until the token ends it.</summary>
    /// <exception cref="RefusedException">The server may not be used any more.</exception>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await LookAsync(stoppingToken);
                await Task.Delay(Every, _time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host ends.
        }
    }

    /// <summary>Looks once; false when the server is away, which the readers of the pipeline answer.</summary>
    /// <exception cref="RefusedException">The server may not be used any more.</exception>
    public async Task<bool> LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            var control = _control ??= await ControlConnection.ConnectAsync(_options, cancellationToken);
            var runId = (await control.InfoAsync("server")).GetValueOrDefault("run_id", "(absent)");
            if (runId != _admitted) await _gate.AdmitAsync(runId, cancellationToken);
            _admitted = runId;
            Seen = await RetentionSnapshot.TakeAsync(control, _limits);
            var registry = new OutsideRegistry(control, runId, _time, Owner);
            foreach (var standing in Seen.Outside) await FollowAsync(registry, standing);
            await TrimAsync(control, runId);
            return true;
        }
        catch (BusUnavailableException)
        {
            // Nobody could read while the server was away: that time is not theirs.
            _seen.Clear();
            Dispose();
            return false;
        }
        catch (RedisServerException refusal)
        {
            SayOnce("redis", refusal.Message, () => LogRefused(_logger, refusal.Message));
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _control?.Dispose();
        _control = null;
    }

    private async Task FollowAsync(OutsideRegistry registry, OutsideStanding standing)
    {
        var (name, stream) = (standing.Reader.Name, standing.Reader.Stream);
        if (standing.LostAt.Length > 0)
            SayOnce($"{name} lost", standing.LostAt, () => LogLost(_logger, name, stream, Amount(standing)));
        if (!standing.IsHolding || !_limits.TryGetValue(stream, out var limit)) return;
        var room = $"{stream} held by {RedisKeys.OutsideName(name)}";
        try
        {
            var isFirst = _seen.Add(name);
            OutsideStep? step = null;
            for (var count = 0; count < StepsMax && step is not { IsAll: true }; count++)
            {
                var isAwaited = RoomsAwaited().Contains(room, StringComparer.Ordinal);
                step = await registry.FollowAsync(standing.Reader, limit, isAwaited, isFirst && count == 0);
                if (step is null) return;
            }

            SayOnce(name, step!.Trouble, () => LogTrouble(_logger, name, stream, step.Trouble));
            await ReleaseStuckAsync(registry, standing.Reader, step);
        }
        catch (Exception trouble) when (trouble is StreamDamagedException or RefusedException or FormatException)
        {
            // It is not ours: its stream waits for it, which is said, and nothing of ours stops.
            SayOnce(name, trouble.Message, () => LogTrouble(_logger, name, stream, trouble.Message));
        }
    }

    private async Task ReleaseStuckAsync(OutsideRegistry registry, OutsideReader reader, OutsideStep step)
    {
        if (reader.OnStuck != StuckRule.Release || step.Held.Length == 0) return;
        var held = _time.GetUtcNow() - OutsideRegistry.Time(step.Held);
        if (held < reader.ReleaseAfter || !await registry.ReleaseAsync(reader, step.Count)) return;
        _seen.Remove(reader.Name);
        LogReleased(_logger, reader.Name, reader.Stream, held.TotalSeconds, step.Position.ToString());
    }

    private async Task TrimAsync(ControlConnection control, string runId)
    {
        var trim = new RetentionTrim(control, runId, _time, Owner);
        foreach (var (stream, limit) in _limits) await trim.TrimAsync(stream, limit);
    }

    /// <summary>What lasts is said once; an empty text says that it is over.</summary>
    private void SayOnce(string about, string text, Action say)
    {
        if (_said.GetValueOrDefault(about, "") == text) return;
        _said[about] = text;
        if (text.Length > 0) say();
    }

    private static string Amount(OutsideStanding standing) =>
        standing.Lost > 0 ? $"{standing.Lost} entries" : $"entries up to {standing.LostTo}";

    [LoggerMessage(130, LogLevel.Warning,
        "Outside reader {Name} held {Stream} for {Seconds:0} s without moving from {Position}, and is released: its " +
        "unread entries are trimmed from now on. To wait for it again: tradeos readers add.")]
    private static partial void LogReleased(
        ILogger logger, string name, string stream, double seconds, string position);

    [LoggerMessage(131, LogLevel.Warning, "Outside reader {Name} of {Stream} cannot be followed: {Trouble}.")]
    private static partial void LogTrouble(ILogger logger, string name, string stream, string trouble);

    [LoggerMessage(132, LogLevel.Warning,
        "Outside reader {Name}: {Amount} of {Stream} vanished before it was done with them. Somebody trimmed or " +
        "deleted them.")]
    private static partial void LogLost(ILogger logger, string name, string stream, string amount);

    [LoggerMessage(133, LogLevel.Warning, "Outside readers cannot be followed: {Reason}")]
    private static partial void LogRefused(ILogger logger, string reason);
}
