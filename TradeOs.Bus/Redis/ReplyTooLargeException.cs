namespace TradeOs.Bus;

/// <summary>A reply is larger than a connection keeps; the connection is given up like a lost one.</summary>
internal sealed class ReplyTooLargeException(int bytesMax) : Exception($"a reply is larger than {bytesMax} bytes");
