using System.Collections.Immutable;

namespace TradeOs.Stages;

/// <summary>Pairs exits with entries, first in first out per symbol and strategy: one outcome for each lot or part of
/// a lot closed.</summary>
/// <remarks>
/// A fee is shared by quantity, 8 places; the last part takes the exact remainder, so shares add up to the fee.
/// Selling more than the book holds closes what it holds and is refused for the rest.
/// </remarks>
internal sealed class OutcomeTracker : IPureStage<Fill, NoState, Book>
{
    private const int ReturnPlaces = 8;

    public StateKey KeyOf(Fill input) => new(input.Symbol, input.Strategy);

    public Decision<NoState, Book> Decide(NoState? shared, Book? keyed, Fill input)
    {
        var book = keyed ?? Book.Empty;
        if (input.Side == Side.Buy) return Buy(book, input);
        var said = ImmutableArray.CreateBuilder<Message>();
        var exit = Lot.Of(input);
        while (exit.Quantity > 0 && !book.Lots.IsEmpty)
        {
            var units = Math.Min(exit.Quantity, book.Lots[0].Quantity);
            var (sold, exitLeft) = exit.Split(units);
            var (bought, entryLeft) = book.Lots[0].Split(units);
            book = book.ReplaceFirst(entryLeft);
            exit = exitLeft;
            said.Add(OutcomeOf(input, bought, sold, book));
        }

        if (exit.Quantity > 0)
            said.Add(new Rejection(input.At, RejectionCodes.NothingHeld, FormattableString.Invariant(
                $"{input.ExecutionId} sells {exit.Quantity} more than {input.Strategy} holds"), input.Symbol));
        return new(null, book.Lots.IsEmpty ? null : book, said.ToImmutable());
    }

    private static Decision<NoState, Book> Buy(Book book, Fill input)
    {
        var after = book.Add(Lot.Of(input));
        if (after.IsCountable) return new(null, after, []);
        return new(null, book.Lots.IsEmpty ? null : book, [], FormattableString.Invariant(
            $"field 'qty' is \"{input.Quantity}\", expected no more than makes {Canonical.MagnitudeMax} units of ") +
            $"{input.Symbol} held by {input.Strategy}; look at who wrote that fill");
    }

    private static Outcome OutcomeOf(Fill exit, Lot bought, Lot sold, Book left)
    {
        var pnl = Math.Round((sold.Price - bought.Price) * bought.Quantity, Money.Places);
        var fees = bought.Fee + sold.Fee;
        var paid = bought.Price * bought.Quantity;
        var held = exit.At > bought.At ? exit.At - bought.At : TimeSpan.Zero;
        return new Outcome(
            exit.At, exit.Symbol, exit.Strategy, Side.Buy, new Quantity(bought.Quantity), new Price(bought.Price),
            exit.Price, pnl, fees, ReturnOf(pnl - fees, paid),
            held.Ticks / TimeSpan.TicksPerMillisecond,
            new Quantity(left.Quantity), new Price(left.AveragePrice));
    }

    /// <summary>A share of next to nothing would be more than a decimal holds.</summary>
    private static decimal ReturnOf(decimal net, decimal paid) => Math.Abs(net) / Canonical.AmountMax >= paid
        ? Math.Sign(net) * Canonical.AmountMax
        : Math.Round(net / paid, ReturnPlaces);
}
