namespace TradeOs.Bus;

/// <summary>The server cannot be reached, or the connection was lost. The bus reopens the reader; nothing was
/// skipped.</summary>
public sealed class BusUnavailableException(string message, Exception? innerException = null)
    : Exception(message, innerException);

/// <summary>Another host owns the reader now. This host stops, with exit code 3.</summary>
public sealed class FencedException(string message) : Exception(message);

/// <summary>Starting or going on would lose data or use the wrong server. The host stops, with exit code 3.</summary>
public sealed class RefusedException(string message) : Exception(message);

/// <summary>Data that must exist is gone or is not what it was. The host stops, with exit code 1.</summary>
public sealed class StreamDamagedException(string message) : Exception(message);

/// <summary>A stage broke its own rules, a bug: the stage stops, the host ends with exit code 1, nothing is
/// skipped.</summary>
public sealed class InvariantViolatedException(string message, Exception? innerException = null)
    : Exception(message, innerException);

/// <summary>Entries vanished between two pages of a walk through a stream: what was read may have a gap. Walk
/// again.</summary>
public sealed class WalkOvertakenException(string message) : Exception(message);
