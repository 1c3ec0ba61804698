using System.Globalization;
using Microsoft.Extensions.Logging;

namespace TradeOs.Host;

/// <summary>Logs to standard error, one line for each event, above the live view where there is one.</summary>
internal sealed class ConsoleLog(TimeProvider time) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) =>
        new Line(time, categoryName.StartsWith("TradeOs", StringComparison.Ordinal));

    public void Dispose()
    {
    }

    private sealed class Line(TimeProvider time, bool isOurs) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= (isOurs ? LogLevel.Information : LogLevel.Error);

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            // The host reports what ended it once, with its own words; the framework's copy with a stack would bury it.
            if (!IsEnabled(logLevel) || !isOurs) return;
            var at = time.GetUtcNow().ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
            var (mark, style) = logLevel switch
            {
                LogLevel.Information => ("info", "blue"),
                LogLevel.Warning => ("warn", "yellow"),
                _ => ("error", "red"),
            };
            Terminal.Say(style, $"{at} {mark,-5}", formatter(state, exception));
        }
    }
}
