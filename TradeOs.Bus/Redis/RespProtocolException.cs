namespace TradeOs.Bus;

/// <summary>The server, or something in its place, sent bytes that are not the reply they should be.</summary>
public sealed class RespProtocolException(string found)
    : Exception($"The server's reply cannot be read: {found}. Is a Redis server listening there?");
