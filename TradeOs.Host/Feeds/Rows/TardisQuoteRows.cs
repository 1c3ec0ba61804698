using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>
/// Tardis <c>quotes</c>: <c>exchange,symbol,timestamp,local_timestamp,ask_amount,ask_price,bid_price,bid_amount</c>,
/// the best of a book whenever it changed.
/// </summary>
/// <remarks>
/// A side of the book may be empty, and a book in trouble may cross: neither is a quote the pipeline can trade on, so
/// such a row is refused, never passed over.
/// </remarks>
internal sealed class TardisQuoteRows(FeedFile file, FeedSpec spec)
    : TardisRows(file, spec, "ask_amount", "ask_price", "bid_price", "bid_amount")
{
    private const int AskAmount = 0;
    private const int AskPrice = 1;
    private const int BidPrice = 2;
    private const int BidAmount = 3;

    public override string Expected =>
        "exchange,symbol,timestamp,local_timestamp,ask_amount,ask_price,bid_price,bid_amount";

    protected override FeedRow Read(RowLines row, DateTime at, string source, string symbol)
    {
        if (RefuseEmpty(row, "ask_price", AskPrice) is { } noAsk) return noAsk;
        if (RefuseEmpty(row, "bid_price", BidPrice) is { } noBid) return noBid;
        if (RowNumbers.RefusePrice(row, "ask_price", FieldOf(AskPrice), out var ask) is { } badAsk) return badAsk;
        if (RowNumbers.RefuseAmount(row, "ask_amount", FieldOf(AskAmount), out var askAmount) is { } badAskAmount)
            return badAskAmount;
        if (RowNumbers.RefusePrice(row, "bid_price", FieldOf(BidPrice), out var bid) is { } badBid) return badBid;
        if (RowNumbers.RefuseAmount(row, "bid_amount", FieldOf(BidAmount), out var bidAmount) is { } badBidAmount)
            return badBidAmount;
        return bid > ask
            ? Refusal.Of(
                row, $"bid {new Price(bid)} and ask {new Price(ask)}", "a bid not above the ask", isStructural: false)
            : new FeedRow(row.Line, new Quote(
                at, source, symbol, new Price(bid), new Quantity(bidAmount), new Price(ask), new Quantity(askAmount)),
                null);
    }

    private FeedRow? RefuseEmpty(RowLines row, string column, int name) => row[FieldOf(name)].Length > 0
        ? null
        : Refusal.Of(row, column, FieldOf(name), "a price: a quote has both sides", isStructural: false);
}
