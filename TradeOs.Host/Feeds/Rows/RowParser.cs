using System.Threading.Channels;

namespace TradeOs.Host;

/// <summary>
/// Parses a file ahead of the loop, on a thread of its own, until <see cref="BlocksMax"/> blocks wait to be taken.
/// </summary>
internal sealed class RowParser : IAsyncDisposable
{
    /// <summary>Rows in a block.</summary>
    public const int BlockRowsMax = 512;

    /// <summary>Blocks that may wait; the thread then waits as well.</summary>
    public const int BlocksMax = 8;

    /// <summary>
    /// When so many rows from the first on (or all, when there are fewer) do not have the shape of the format, it is
    /// another.
    /// </summary>
    public const int ShapeRows = 10;

    private readonly FeedFile _file;
    private readonly FeedSpec _spec;
    private readonly long _rowsDone;
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<RowBlock> _blocks = Channel.CreateBounded<RowBlock>(
        new BoundedChannelOptions(BlocksMax)
        {
            SingleReader = true, SingleWriter = true, FullMode = BoundedChannelFullMode.Wait,
        });

    private readonly Task _parsing;
    private List<FeedRow> _rows = new(BlockRowsMax);
    private long _rowsRead;
    private int _shapeless;
    private Refusal? _firstShapeless;

    /// <summary>Starts parsing; the first <paramref name="rowsDone"/> rows are passed over.</summary>
    /// <param name="file">The file.</param>
    /// <param name="spec">How to read it.</param>
    /// <param name="layout">How the rows done were read; the rest must be read the same way.</param>
    /// <param name="rowsDone">Rows committed before.</param>
    public RowParser(FeedFile file, FeedSpec spec, string layout, long rowsDone)
    {
        (_file, _spec, Layout, _rowsDone) = (file, spec, layout, rowsDone);
        _parsing = new Task(Parse, TaskCreationOptions.RunContinuationsAsynchronously);

        // The task carries how parsing ended to whoever waits; run synchronously, it never leaves this thread.
        new Thread(_parsing.RunSynchronously) { IsBackground = true, Name = $"parse {file.Name}" }.Start();
    }

    /// <summary>How the rows are read; known before the first block can be taken.</summary>
    public string Layout { get; private set; }

    /// <summary>Takes the next block; false when none is ready.</summary>
    public bool TryTake(out RowBlock block) => _blocks.Reader.TryRead(out block!);

    /// <summary>Ends when a block is ready.</summary>
    /// <exception cref="FeedFileException">
    /// There is none any more: the file is not what it should be, or breaks off here.
    /// </exception>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        if (!await _blocks.Reader.WaitToReadAsync(cancellationToken)) await _parsing;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();

        // How parsing ended no longer matters to anyone; that it has ended does, as it holds the file.
        await _parsing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private void Parse()
    {
        try
        {
            var format = RowFormats.Open(_file, _spec, _stop.Token);
            CheckLayout(format);
            using var lines = new RowLines(_file, format.Separator, _spec.Format == FeedFormat.Ndjson);
            if (format.IsReversed) ParseReversed(format, lines);
            else ParseForward(format, lines);
        }
        catch (FeedFileException) when (_rowsRead == _shapeless && _spec.Path != "-")
        {
            // Not one row had the shape of the format, so none went out: a file of something else says so itself.
            // Standard input cannot be looked at again.
            if (FormatSight.Of(_file).WhyNot(_spec.Format) is { } another) throw new FeedFileException(another);
            throw;
        }
        finally
        {
            _blocks.Writer.Complete();
        }
    }

    private void ParseForward(IRowFormat format, RowLines lines)
    {
        if (_file.Live is { } live) live.BeforeRead = () => SendOn(lines);
        try
        {
            foreach (var row in RowsOf(format, lines))
            {
                if (_rowsRead <= _rowsDone) continue;
                if (_rows.Count == BlockRowsMax) Send(lines.BytesRead, isLast: false);
                _rows.Add(row);
            }
        }
        catch (FeedFileException failure) when (_rowsRead > _shapeless)
        {
            Send(lines.BytesRead, isLast: false);
            throw new FeedFileException($"{failure.Message} The {_rowsRead} rows before that are fed.");
        }

        Send(lines.BytesRead, isLast: true);
    }

    /// <summary>
    /// Before waiting for more of a live stream: rows do not wait for others, unless they may be of another format.
    /// </summary>
    private void SendOn(RowLines lines)
    {
        if (_rows.Count > 0 && _rowsRead > _shapeless) Send(lines.BytesRead, isLast: false);
    }

    /// <summary>Newest first: the whole file is read before its last row is the first to go out.</summary>
    private void ParseReversed(IRowFormat format, RowLines lines)
    {
        var all = new List<FeedRow>(RowsOf(format, lines));
        for (var index = all.Count - 1 - _rowsDone; index >= 0; index--)
        {
            if (_rows.Count == BlockRowsMax) Send(lines.BytesRead, isLast: false);
            _rows.Add(all[(int)index]);
        }

        Send(lines.BytesRead, isLast: true);
    }

    private IEnumerable<FeedRow> RowsOf(IRowFormat format, RowLines lines)
    {
        if (!lines.Read())
            throw new FeedFileException($"{_file.Path}: holds no rows, expected {format.Expected}. Fetch it again.");
        var isBegun = false;
        for (var hasRow = true; hasRow; hasRow = lines.Read())
        {
            _stop.Token.ThrowIfCancellationRequested();
            var isFirst = !isBegun && lines.Unreadable is null;
            isBegun |= isFirst;
            if (isFirst && format.TakesAsHeader(lines)) continue;
            var row = lines.Unreadable is { } line ? line.Refuse(lines.Name, lines.Line) : format.Read(lines);
            _rowsRead++;
            if (row.Refusal is { IsStructural: true } && _shapeless++ == 0) _firstShapeless = row.Refusal;
            if (_rowsRead == ShapeRows) CheckShape(format);
            yield return row;
        }

        if (_rowsRead is > 0 and < ShapeRows) CheckShape(format);
    }

    /// <summary>
    /// A block is larger than <see cref="ShapeRows"/>, so nothing of a file of another format goes out before this.
    /// </summary>
    private void CheckShape(IRowFormat format)
    {
        if (_shapeless < _rowsRead) return;
        throw new FeedFileException(
            $"{_file.Path}: none of the first {_rowsRead} rows can be taken as {FeedSpec.WordOf(_spec.Format)} " +
            $"({format.Expected}); {_firstShapeless?.Error}. Name the format this file has, or mend its rows.");
    }

    private void CheckLayout(IRowFormat format)
    {
        if (_rowsDone > 0 && format.Layout != Layout)
        {
            throw new FeedFileException(
                $"{_file.Path}: its first {_rowsDone} rows were read as \"{Layout}\", with the rows added since it " +
                $"reads as \"{format.Layout}\". Say ,dates=mdy or ,dates=dmy, or give the file another name.");
        }

        Layout = format.Layout;
    }

    private void Send(long bytesRead, bool isLast)
    {
        var block = new RowBlock(_rows, bytesRead, isLast);
        _rows = new List<FeedRow>(BlockRowsMax);

        // This thread has nothing else to do: it may block.
        _blocks.Writer.WriteAsync(block, _stop.Token).AsTask().GetAwaiter().GetResult();
    }
}
