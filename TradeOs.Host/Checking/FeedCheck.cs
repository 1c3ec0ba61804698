using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>Holds the feed's checkpoint against market data: each row is an entry or a dead letter.</summary>
internal sealed class FeedCheck(Checkpoint feed, LetterBook letters, CheckNotes notes)
{
    /// <summary>Entries of market data that the feed did not write; 0 where that is not known.</summary>
    /// <param name="added">Entries market data was ever given.</param>
    public long OutsideOf(long added)
    {
        if (feed.Silent != 0) Found(CheckCodes.Silent, $"silent {feed.Silent}", "0: each row is an entry or a letter");
        if (feed.Count != feed.Written)
            Found(CheckCodes.Written, $"written {feed.Written}", $"{feed.Count}, its count of rows");
        if (feed.Position != EntryId.Zero)
            Found(CheckCodes.Position, $"position {feed.Position}", "0-0: it reads no stream");
        if (letters.IsTrimmed)
        {
            notes.NotProven(
                StreamNames.MarketData, "how many entries other programs wrote: letters of the feed were trimmed.");
            return 0;
        }

        var outside = added - (feed.Written - letters.CountOf(Topology.Feed.Name));
        if (outside >= 0) return outside;
        Found(
            CheckCodes.Written, $"written {feed.Written}",
            $"{feed.Written + outside}, all that {StreamNames.MarketData} and {StreamNames.DeadLetters} were given");
        return 0;
    }

    private void Found(string code, string found, string expected) => notes.Found(
        code, RedisKeys.Checkpoint(Topology.Feed.Name), found, expected,
        "A row is lost or the checkpoint was changed: run tradeos doctor.");
}
