using System.Buffers;
using System.Globalization;

namespace TradeOs.Bus;

/// <summary>Reads what the control connection answers.</summary>
internal static class RedisAnswers
{
    /// <summary>Whether an error says that the server cannot be asked yet, and not what is wrong with the
    /// question.</summary>
    public static bool IsNotReady(string error) =>
        error.Split(' ')[0] is "LOADING" or "BUSY" or "MASTERDOWN" or "MISCONF" or "OOM";

    /// <summary>Whether XINFO or XGROUP says that a key is not there: it was, when its type was asked just
    /// before.</summary>
    public static bool IsAboutAMissingKey(string error) =>
        error.StartsWith("ERR no such key", StringComparison.Ordinal)
        || error.Contains("requires the key to exist", StringComparison.Ordinal);

    public static List<Entry> Entries(RedisResult answer)
    {
        var entries = new List<Entry>();
        foreach (var item in (RedisResult[])answer!)
        {
            var parts = (RedisResult[])item!;
            var words = (RedisResult[])parts[1]!;
            var buffer = new ArrayBufferWriter<byte>();
            foreach (var word in words) FieldWriter.Bulk(buffer, (byte[])word!);
            entries.Add(new Entry(
                EntryId.Parse((string)parts[0]!), new Fields(buffer.WrittenMemory, words.Length / 2)));
        }

        return entries;
    }

    public static StreamReport Stream(RedisResult answer)
    {
        var facts = (RedisResult[])answer!;
        return new StreamReport(
            (long)Fact("length"), (long)Fact("entries-added"), EntryId.Parse((string)Fact("last-generated-id")!),
            EntryId.Parse((string)Fact("max-deleted-entry-id")!));

        RedisResult Fact(string name)
        {
            // Names are at the even places; the first and last entry, which are lists, at odd ones.
            for (var index = 0; index < facts.Length; index += 2)
                if ((string)facts[index]! == name) return facts[index + 1];
            throw new RespProtocolException($"XINFO STREAM without {name}; is it a Redis server of 7.0 or newer?");
        }
    }

    public static Checkpoint? Checkpoint(RedisResult answer)
    {
        var values = (string[])answer!;
        return values[0] is null
            ? null
            : new Checkpoint(EntryId.Parse(values[0]), Number(values[1]), Number(values[2]), Number(values[3]));

        static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
    }
}
