using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace TradeOs.Tests;

/// <summary>Keeps what is logged, one text a line.</summary>
public sealed class LogLines<T> : ILogger<T>
{
    private readonly ConcurrentQueue<string> _lines = new();

    /// <summary>Lines so far, each as "Level id: text".</summary>
    public IReadOnlyCollection<string> Lines => _lines;

    /// <summary>Forgets them.</summary>
    public void Clear() => _lines.Clear();

    /// <inheritdoc/>
    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue($"{logLevel} {eventId.Id}: {formatter(state, exception)}");

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => true;

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;
}
