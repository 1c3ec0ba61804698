using CsvHelper;

namespace TradeOs.Host;

/// <summary>
/// The rows of a text file, one line each, field by field as bytes; lines with nothing on them are passed over.
/// </summary>
internal sealed class RowLines : IDisposable
{
    /// <summary>Longest line; a longer one is a file of something else.</summary>
    public const int LineBytesMax = 8 * 1024;

    /// <summary>Separator of a format whose line is one field, quotes and all: no text has this byte.</summary>
    public const char WholeLine = '\u001f';

    private readonly FeedFile _file;
    private readonly FeedText _text;
    private readonly CsvReaderOptions _options;
    private readonly WholeLines? _whole;
    private CsvReader _reader;
    private bool _isMalformed;
    private long _lineBefore;

    // What was read before the lines the reader is on, where lines are looked at first.
    private long _lines;
    private long _linesBefore;
    private long _bytesBefore;
    private int _bytes;

    /// <summary>Opens the rows of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="separator">What stands between fields.</param>
    /// <param name="skipsUnreadable">Whether a line that is too long or not UTF-8 is <see cref="Unreadable"/>, and not
    /// the end; of standard input it always is.</param>
    public RowLines(FeedFile file, char separator, bool skipsUnreadable = false)
    {
        skipsUnreadable |= file.Live is not null;
        _file = file;
        _text = file.OpenText(skipsUnreadable);
        _options = new CsvReaderOptions
        {
            Separator = separator,
            Mode = separator == WholeLine ? CsvMode.NoEscape : CsvMode.Rfc4180,
            HasHeader = false,
            AllowLineBreaksInQuotes = false,
            TrimWhitespace = true,
            TrackLineNumbers = true,
            DetectSeparatorHint = false,
            MaxRecordSize = LineBytesMax,
            OnMalformedRecord = _ => _isMalformed = true,
        };
        if (skipsUnreadable) _whole = new WholeLines(_text);
        _reader = _whole is null ? CsvReader.Create(_text, _options) : CsvReader.Create([], _options);
    }

    /// <summary>Fields of the row.</summary>
    public int Count => _reader.FieldCount;

    /// <summary>Number of the row's line, from 1.</summary>
    public long Line => _linesBefore + (Unreadable is null ? _reader.LineNumber : 1);

    /// <summary>The line when it is none that a row can be read of; the fields are nothing then.</summary>
    public UnreadableLine? Unreadable { get; private set; }

    /// <summary>The row as it stands in the file, without its end of line.</summary>
    public ReadOnlySpan<byte> Raw => _reader.RawRecord;

    /// <summary>Whether its quotes do not pair.</summary>
    public bool IsMalformed => _isMalformed;

    /// <summary>Bytes of the file read so far, ahead of the row by up to a buffer.</summary>
    public long BytesRead => _text.BytesRead;

    /// <summary>Whether the file broke off.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Name of the file.</summary>
    public string Name => _file.Name;

    /// <summary>A field, without blanks and quotes around it; empty beyond the last.</summary>
    public ReadOnlySpan<byte> this[int field] => _reader.GetSpan(field);

    /// <summary>Moves to the next row; false at the end of the file.</summary>
    /// <exception cref="FeedFileException">The file breaks off; every whole row before was had.</exception>
    public bool Read()
    {
        _isMalformed = false;
        _lineBefore = Line;
        try
        {
            var hasRow = ReadNext();
            if (hasRow && Unreadable is not null) return true;
            if (hasRow && !IsCutOff()) return Raw.Length <= LineBytesMax ? true : throw TooLong(Line);
        }
        catch (CsvFormatException)
        {
            throw TooLong(_lineBefore + 1);
        }

        IsBroken = _text.Break is not null;
        return _text.Break is null ? false : throw _text.Break;
    }

    public void Dispose()
    {
        _reader.Dispose();
        _text.Dispose();
    }

    private bool ReadNext()
    {
        Unreadable = null;
        while (!_reader.Read())
        {
            if (_whole is null || !_whole.Read(out var lines, out var unreadable)) return false;
            _reader.Dispose();
            _reader = CsvReader.Create(lines, _options);
            (_linesBefore, _bytesBefore, _bytes) = (_lines, _bytesBefore + _bytes, lines.Length);
            _lines += unreadable is null ? lines.Span.Count((byte)'\n') : 1;
            Unreadable = unreadable;
            if (unreadable is not null) return true;
        }

        return true;
    }

    private FeedFileException TooLong(long line)
    {
        IsBroken = true;
        return new FeedFileException(
            $"{_file.Path} line {line}: is longer than {LineBytesMax} bytes, expected rows of text. " +
            "Name another file or format.");
    }

    /// <summary>A row with no line end behind it, where the file breaks off, is half a row.</summary>
    private bool IsCutOff() =>
        _text.Break is not null && _bytesBefore + _reader.ByteOffset + Raw.Length >= _text.Delivered;
}
