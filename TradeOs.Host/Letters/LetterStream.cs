using System.Globalization;
using System.Runtime.CompilerServices;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>Reads <c>dead.letters</c>.</summary>
internal static class LetterStream
{
    private const int PageCount = 1000;
    private const ulong MillisecondsMax = 253_402_300_799_999;

    /// <summary>Length, appended count and last id, now.</summary>
    /// <exception cref="StreamDamagedException">The key holds something that is no stream.</exception>
    public static async Task<StreamReport> ReportAsync(BusLook look, CancellationToken cancellationToken)
    {
        var type = (string?)await look.Control.ExecuteAsync("TYPE", StreamNames.DeadLetters);
        if (type is "stream" or "none")
            return await look.Bus.InspectStreamAsync(StreamNames.DeadLetters, cancellationToken);
        throw new StreamDamagedException(
            $"{StreamNames.DeadLetters} is a {type}, expected a stream. Somebody overwrote it: tradeos doctor says " +
            "what else is not whole.");
    }

    /// <summary>Every entry behind <paramref name="after"/> up to <paramref name="last"/>, so that a walk ends though
    /// more is appended meanwhile.</summary>
    public static async IAsyncEnumerable<Entry> BetweenAsync(
        BusLook look, EntryId after, EntryId last, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (after < last && await PageAsync() is { Count: > 0 } page)
        {
            foreach (var entry in page.Where(entry => entry.Id <= last)) yield return entry;
            after = page[^1].Id;
        }

        Task<IReadOnlyList<Entry>> PageAsync() =>
            look.Bus.RangeAsync(StreamNames.DeadLetters, after, PageCount, cancellationToken);
    }

    /// <summary>When an entry was written, by the server's clock, which its id was made from.</summary>
    public static string WrittenAt(EntryId id) => id.Milliseconds > MillisecondsMax
        ? "?"
        : DateTimeOffset.FromUnixTimeMilliseconds((long)id.Milliseconds)
            .ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
