using System.Buffers;
using System.Buffers.Text;

namespace TradeOs.Bus;

/// <summary>The entries of one read, on memory of their own: the connection's buffer is reused by its next
/// reply.</summary>
internal sealed class EntryPage
{
    private const int PageBytes = 64 * 1024;
    private const int SpareBytesMax = 1024 * 1024;

    private readonly List<Entry> _entries = [];
    private byte[] _bytes = new byte[PageBytes];

    /// <summary>Valid until the next <see cref="Take"/>.</summary>
    public IReadOnlyList<Entry> Entries => _entries;

    /// <summary>Bytes of memory the page holds.</summary>
    public int HeldBytes => _bytes.Length;

    /// <summary>Copies the reply of a read and cuts it into entries; nil gives none.</summary>
    /// <param name="reply">The reply, or the beginning of it.</param>
    /// <param name="input">Stream whose entries are meant.</param>
    /// <param name="skippedBytes">How many bytes follow that beginning; the reply is then of one entry.</param>
    /// <param name="others">Whether other streams were asked for, too.</param>
    /// <returns>Whether there are entries of another stream.</returns>
    /// <exception cref="RespProtocolException">It is not the reply of a read.</exception>
    public bool Take(RespCursor reply, ReadOnlySpan<byte> input, long skippedBytes = 0, bool others = false)
    {
        _entries.Clear();
        if (reply.IsNil) return false;
        var source = reply.Rest;
        if (_bytes.Length < source.Length || (_bytes.Length > SpareBytesMax && source.Length <= SpareBytesMax))
            _bytes = new byte[Math.Max(source.Length, PageBytes)];
        source.CopyTo(_bytes);
        var cursor = new RespCursor(_bytes.AsMemory(0, source.Length));
        var hasOthers = false;
        var streams = cursor.Array();
        if (streams < 1 || (streams > 1 && !others))
            throw new RespProtocolException("another number of streams than asked for");
        for (; streams > 0; streams--)
        {
            if (cursor.Array() != 2 || !cursor.TryValue(out var name))
                throw new RespProtocolException("entries of a stream without its name");
            if (!name.Span.SequenceEqual(input))
            {
                if (!others) throw new RespProtocolException("another stream than asked for");
                cursor.Skip();
                hasOthers = true;
                continue;
            }

            var left = cursor.Array();
            if (skippedBytes > 0) _entries.Add(BeginningAt(ref cursor, skippedBytes));
            else for (; left > 0; left--) _entries.Add(EntryAt(ref cursor));
        }

        return hasOthers;
    }

    private static Entry EntryAt(ref RespCursor cursor)
    {
        var id = IdAt(ref cursor);
        var words = cursor.Array();
        if (words % 2 != 0) throw new RespProtocolException($"an entry of {words} words, which is no pairs");
        return new Entry(id, new Fields(cursor.Values(words), words / 2));
    }

    private static EntryId IdAt(ref RespCursor cursor)
    {
        if (cursor.Array() != 2 || !cursor.TryValue(out var text) || !EntryId.TryParse(text.Span, out var id))
            throw new RespProtocolException("an entry without an id");
        return id;
    }

    /// <summary>The entry with the fields that are there, the last of them as far as it is there.</summary>
    private static Entry BeginningAt(ref RespCursor cursor, long skippedBytes)
    {
        var id = IdAt(ref cursor);
        _ = cursor.Array();
        var rest = cursor.Rest.Span;
        var (kept, count, isWhole) = (new ArrayBufferWriter<byte>(), 0, true);
        for (var length = rest.Length + skippedBytes; ; count++)
        {
            var name = Word(ref rest, ref isWhole);
            if (!isWhole && name.IsEmpty)
                return new Entry(id, new Fields(kept.WrittenMemory, count)) { CutBytes = length - kept.WrittenCount };
            FieldWriter.Bulk(kept, name);
            FieldWriter.Bulk(kept, Word(ref rest, ref isWhole));
        }
    }

    /// <summary>The next word as far as it is there; nothing once one was not whole.</summary>
    private static ReadOnlySpan<byte> Word(ref ReadOnlySpan<byte> rest, ref bool isWhole)
    {
        var line = isWhole ? rest.IndexOf("\r\n"u8) : -1;
        if (line <= 0 || !Utf8Parser.TryParse(rest[1..line], out int length, out _))
        {
            isWhole = false;
            return default;
        }

        var there = rest[(line + 2)..];
        isWhole = there.Length >= length + 2;
        rest = isWhole ? there[(length + 2)..] : default;
        return there[..Math.Min(length, there.Length)];
    }
}
