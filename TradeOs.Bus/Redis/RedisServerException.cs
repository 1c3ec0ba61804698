namespace TradeOs.Bus;

/// <summary>The server answered a command with an error; the message is its text, e.g. <c>WRONGTYPE ...</c>.</summary>
public sealed class RedisServerException(string message, Exception? innerException = null)
    : Exception(message, innerException);
