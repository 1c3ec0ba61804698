using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Unicode;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>Writes entries for other programs: as the lines of the archive, or as a table.</summary>
/// <remarks>
/// A table has the id, a column for each field of the stream, and <c>_entry</c>: an entry that does not fit the columns
/// (another field, a name twice, bytes that are no text) stands there whole, as its line, so that none is left out.
/// </remarks>
internal sealed class EntryExport : IDisposable
{
    private readonly ImmutableArray<string>? _columns;
    private readonly ArrayBufferWriter<byte> _text = new();
    private readonly ArchiveLine _line;
    private readonly Stream _output;
    private readonly byte[]?[] _values;

    /// <summary>Writes to <paramref name="output"/>.</summary>
    /// <param name="stream">Which stream.</param>
    /// <param name="isTable">Whether a table is wanted.</param>
    /// <param name="output">Where to.</param>
    public EntryExport(string stream, bool isTable, Stream output)
    {
        (_columns, _output, _line) = (isTable ? StreamForm.ColumnsOf(stream) : null, output, new ArchiveLine(_text));
        _values = new byte[]?[_columns?.Length ?? 0];
        if (_columns is { } columns)
            output.Write(Encoding.UTF8.GetBytes($"id,{string.Join(',', columns)},_entry\r\n"));
    }

    /// <summary>Entries written.</summary>
    public long Count { get; private set; }

    /// <summary>Those of them that fit no columns.</summary>
    public long Unfit { get; private set; }

    /// <summary>Writes one.</summary>
    public void Write(Entry entry)
    {
        Count++;
        _text.ResetWrittenCount();
        if (_columns is { } columns) WriteRow(entry, columns);
        else _line.Write(entry);
        _output.Write(_text.WrittenSpan);
    }

    /// <inheritdoc/>
    public void Dispose() => _line.Dispose();

    private void WriteRow(Entry entry, ImmutableArray<string> columns)
    {
        var isFit = Fill(entry, columns);
        byte[]? whole = null;
        if (!isFit)
        {
            Unfit++;
            _line.Write(entry);
            whole = _text.WrittenSpan[..^1].ToArray();
            _text.ResetWrittenCount();
        }

        _text.Write(Encoding.ASCII.GetBytes(entry.Id.ToString()));
        foreach (var value in _values) Cell(isFit ? value : null);
        Cell(whole);
        _text.Write("\r\n"u8);
    }

    private bool Fill(Entry entry, ImmutableArray<string> columns)
    {
        Array.Clear(_values);
        if (entry.CutBytes > 0) return false;
        foreach (var field in entry.Fields)
        {
            var column = columns.IndexOf(Encoding.UTF8.GetString(field.Name));
            if (column < 0 || _values[column] is not null || !Utf8.IsValid(field.Value)) return false;
            _values[column] = field.Value.ToArray();
        }

        return true;
    }

    /// <summary>Quoted where RFC 4180 asks for it, and where it is empty: a field that is not there is
    /// nothing.</summary>
    private void Cell(byte[]? value)
    {
        _text.Write(","u8);
        if (value is null) return;
        if (value.Length > 0 && value.AsSpan().IndexOfAny("\",\r\n"u8) < 0)
        {
            _text.Write(value);
            return;
        }

        _text.Write("\""u8);
        var rest = value.AsSpan();
        for (var quote = rest.IndexOf((byte)'"'); quote >= 0; quote = rest.IndexOf((byte)'"'))
        {
            _text.Write(rest[..(quote + 1)]);
            _text.Write("\""u8);
            rest = rest[(quote + 1)..];
        }

        _text.Write(rest);
        _text.Write("\""u8);
    }
}
