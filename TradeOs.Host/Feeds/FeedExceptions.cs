namespace TradeOs.Host;

/// <summary>
/// What was asked of the feed cannot be done as written: the host ends with exit code 2 before anything starts.
/// </summary>
public sealed class FeedSpecException(string message) : Exception(message);

/// <summary>
/// A file is not what its feed SPEC says, or broke off while it was read: the host ends with exit code 1.
/// </summary>
/// <remarks>Rows before the break are committed, and the source is not marked finished.</remarks>
public sealed class FeedFileException(string message) : Exception(message);
