using Microsoft.Extensions.Logging;

namespace TradeOs.Bus;

/// <summary>A time in which the server is away.</summary>
/// <param name="Reason">Why, as whoever noticed it last was told.</param>
/// <param name="Since">When it was noticed first.</param>
public sealed record Outage(string Reason, DateTimeOffset Since);

/// <summary>Whether the server is away, and why; one line is logged when an outage begins and one when it is
/// over.</summary>
/// <remarks>
/// Every connection of a host notices an outage at a moment of its own, and comes back at one. It is one outage: it
/// begins with the first that is away and is over when all that were are back.
/// </remarks>
/// <param name="endpoint">Where the server is.</param>
/// <param name="time">Clock of the outage.</param>
/// <param name="logger">Takes the two lines.</param>
public sealed partial class OutageLog(string endpoint, TimeProvider time, ILogger logger)
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _away = new(StringComparer.Ordinal);
    private volatile Outage? _current;
    private long _began;

    /// <summary>The outage that lasts; null while the server answers.</summary>
    public Outage? Current => _current;

    /// <summary>One of the host's connections found the server away.</summary>
    /// <param name="who">Which: a reader, or the host's own.</param>
    /// <param name="reason">Why.</param>
    public void Away(string who, string reason)
    {
        lock (_lock)
        {
            if (_away.Count == 0)
            {
                _began = time.GetTimestamp();
                _current = new Outage(reason, time.GetUtcNow());
                LogPaused(logger, reason);
            }
            else if (_current is { } outage && outage.Reason != reason)
            {
                _current = outage with { Reason = reason };
            }

            _away.Add(who);
        }
    }

    /// <summary>That connection is open again.</summary>
    public void Back(string who)
    {
        lock (_lock)
        {
            if (!_away.Remove(who) || _away.Count > 0) return;
            _current = null;
            LogResumed(logger, endpoint, time.GetElapsedTime(_began).TotalSeconds);
        }
    }

    /// <summary>That connection is not tried any more: the host ends for a reason it says itself.</summary>
    public void Forget(string who)
    {
        lock (_lock)
        {
            if (_away.Remove(who) && _away.Count == 0) _current = null;
        }
    }

    [LoggerMessage(100, LogLevel.Warning, "Paused: {Reason} The pipeline resumes by itself when Redis answers.")]
    private static partial void LogPaused(ILogger logger, string reason);

    [LoggerMessage(101, LogLevel.Information, "Resumed: Redis at {Endpoint} answers again after {Seconds:0.0} s.")]
    private static partial void LogResumed(ILogger logger, string endpoint, double seconds);
}
