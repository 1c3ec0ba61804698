using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>What an archive reader keeps in Redis beside its checkpoint: it alone says what is archived.</summary>
/// <param name="Head">Where the sealed segments end.</param>
/// <param name="Open">The segment that grows; null right behind a sealed one.</param>
/// <param name="Index">Places in the open segment where reading can begin.</param>
internal sealed record ArchiveState(ChainHead Head, OpenSegment? Open, ImmutableArray<IndexPoint> Index)
{
    private const string HeadKey = "head";
    private const string OpenKey = "open";
    private const string PointKey = "point:";

    /// <summary>Last entry archived; <c>0-0</c> before the first.</summary>
    public EntryId Last => Open?.Last ?? Head.Last;

    /// <summary>Number of that entry.</summary>
    public long LastNumber => Open?.LastNumber ?? Head.Number;

    /// <summary>What a keyed state says; null when the reader has kept nothing yet.</summary>
    /// <exception cref="StreamDamagedException">It is not what was written there.</exception>
    public static ArchiveState? Parse(string stream, IReadOnlyDictionary<string, string> state)
    {
        if (state.Count == 0) return null;
        var head = Read<ChainHead>(stream, state, HeadKey)
            ?? throw Unreadable(stream, HeadKey, "nothing", "It must always be there.");
        var points = state.Keys.Where(key => key.StartsWith(PointKey, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).Select(key => Read<IndexPoint>(stream, state, key)!);
        return new ArchiveState(head, Read<OpenSegment>(stream, state, OpenKey), [.. points]);
    }

    /// <summary>Keeps a head.</summary>
    public static void Save(Batch batch, ChainHead head) => batch.SetState(HeadKey, ArchiveJson.ToLine(head));

    /// <summary>Keeps the segment that grows.</summary>
    public static void Save(Batch batch, OpenSegment open) => batch.SetState(OpenKey, ArchiveJson.ToLine(open));

    /// <summary>Keeps a place of its index.</summary>
    public static void Save(Batch batch, int place, IndexPoint point) =>
        batch.SetState(KeyOf(place), ArchiveJson.ToLine(point));

    /// <summary>Forgets a segment that was sealed.</summary>
    public static void RemoveOpen(Batch batch, int places)
    {
        batch.RemoveState(OpenKey);
        for (var place = 0; place < places; place++) batch.RemoveState(KeyOf(place));
    }

    private static string KeyOf(int place) => PointKey + place.ToString("0000", CultureInfo.InvariantCulture);

    private static T? Read<T>(string stream, IReadOnlyDictionary<string, string> state, string key)
        where T : class
    {
        if (!state.TryGetValue(key, out var text)) return null;
        try
        {
            return ArchiveJson.Parse<T>(Encoding.UTF8.GetBytes(text));
        }
        catch (JsonException failure)
        {
            throw Unreadable(stream, key, $"\"{EntryText.Show(Encoding.UTF8.GetBytes(text), 120)}\"", failure.Message);
        }
    }

    private static StreamDamagedException Unreadable(string stream, string key, string found, string why) => new(
        $"{RedisKeys.State(ArchiveReaders.NameOf(stream))}: its field '{key}' is {found}, expected what the archive " +
        $"wrote there. {why} Restore the data of this server.");
}
