using System.Globalization;
using TradeOs.Bus;

namespace TradeOs.Tests.EndToEnd;

/// <summary>Reads streams the way any client does, over the control connection.</summary>
internal static class StreamEntries
{
    private const int PageCount = 1000;

    /// <summary>Every entry the stream holds.</summary>
    public static async IAsyncEnumerable<Entry> AllAsync(ControlConnection control, string stream)
    {
        var after = EntryId.Zero;
        while (await AfterAsync(control, stream, after) is { Count: > 0 } page)
        {
            foreach (var entry in page) yield return entry;
            after = page[^1].Id;
        }
    }

    /// <summary>A page of entries after an id.</summary>
    public static async Task<List<Entry>> AfterAsync(ControlConnection control, string stream, EntryId after) =>
        RedisAnswers.Entries(await control.ExecuteAsync("XRANGE", stream, $"({after}", "+", "COUNT", PageCount));

    /// <summary>Length of a stream.</summary>
    public static async Task<long> LengthAsync(ControlConnection control, string stream) =>
        long.Parse((string)(await control.ExecuteAsync("XLEN", stream))!, CultureInfo.InvariantCulture);
}
