namespace TradeOs.Bus;

/// <summary>The entries of one read, on memory of their own: the connection's buffer is reused by its next
/// reply.</summary>
internal sealed class EntryPage
{
    private readonly List<Entry> _entries = [];
    private byte[] _bytes = new byte[64 * 1024];

    /// <summary>Valid until the next <see cref="Take"/>.</summary>
    public IReadOnlyList<Entry> Entries => _entries;

    /// <summary>Copies the reply of a read and cuts it into entries; nil gives none.</summary>
    /// <exception cref="RespProtocolException">It is not the reply of a read of one stream.</exception>
    public void Take(RespCursor reply)
    {
        _entries.Clear();
        if (reply.IsNil) return;
        var source = reply.Rest;
        if (_bytes.Length < source.Length) _bytes = new byte[source.Length];
        source.CopyTo(_bytes);
        var cursor = new RespCursor(_bytes.AsMemory(0, source.Length));
        if (cursor.Array() != 1 || cursor.Array() != 2)
            throw new RespProtocolException("another number of streams than asked for");
        _ = cursor.Text();
        for (var left = cursor.Array(); left > 0; left--) _entries.Add(EntryAt(ref cursor));
    }

    private static Entry EntryAt(ref RespCursor cursor)
    {
        if (cursor.Array() != 2 || !cursor.TryValue(out var text) || !EntryId.TryParse(text.Span, out var id))
            throw new RespProtocolException("an entry without an id");
        var words = cursor.Array();
        if (words % 2 != 0) throw new RespProtocolException($"an entry of {words} words, which is no pairs");
        return new Entry(id, new Fields(cursor.Values(words), words / 2));
    }
}
