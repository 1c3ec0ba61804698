namespace TradeOs.Bus;

/// <summary>A reply is larger than a connection keeps. Unless its rest is skipped, the connection is given up like a
/// lost one.</summary>
internal sealed class ReplyTooLargeException(string found) : Exception($"a reply {found}");
