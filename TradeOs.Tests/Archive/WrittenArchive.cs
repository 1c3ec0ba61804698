using TradeOs.Bus;
using TradeOs.Host;
using TradeOs.Stages;

namespace TradeOs.Tests.Archive;

/// <summary>An archive of <c>fills</c> in a directory of its own, and the state that Redis would keep of it.</summary>
/// <remarks>What a commit would do is done to <see cref="State"/>, so that a test can stop between any two
/// steps.</remarks>
internal sealed class WrittenArchive : IDisposable
{
    private readonly TemporaryDirectory _data = new();
    private readonly Batch _batch = new();
    private ArchiveWriter? _writer;

    /// <summary>An empty one, opened.</summary>
    public WrittenArchive()
    {
        Folder = new ArchiveFolder(_data.Path, StreamNames.Fills);
        Open();
    }

    public string DataDirectory => _data.Path;

    public ArchiveFolder Folder { get; }

    public ArchiveOptions Options { get; } = new() { SegmentBytesMax = 64 * 1024 };

    /// <summary>What Redis keeps.</summary>
    public Dictionary<string, string> State { get; private set; } = [];

    /// <summary>Entries committed, by the reader's own count.</summary>
    public long Count { get; set; }

    public ArchiveState Archived => ArchiveState.Parse(StreamNames.Fills, State)!;

    /// <summary>Every entry archived, as it is read back.</summary>
    public IReadOnlyList<Entry> Entries => [.. new ArchiveEntries(Folder).Behind(EntryId.Zero, Archived)];

    public static Entry EntryOf(int number) => new(
        new EntryId((ulong)number, 0),
        new FieldsBuilder().Add("n"u8, System.Text.Encoding.UTF8.GetBytes($"{number}")).Build());

    /// <summary>Opens it as a host does after a start: recovers, and commits what the recovery says.</summary>
    public void Open()
    {
        _writer?.Dispose();
        _batch.Clear();
        _writer = ArchiveRecovery.Open(Folder, Options, ArchiveState.Parse(StreamNames.Fills, State), _batch);
        _writer.GoOnFrom(Count);
        Commit();
        ArchiveRecovery.SettleHead(Folder, _writer.State.Head);
    }

    /// <summary>Takes entries and flushes them together; they are on disk and not committed.</summary>
    public void Flush(IEnumerable<int> numbers)
    {
        foreach (var number in numbers)
        {
            _writer!.Take(EntryOf(number));
            _batch.Complete(new EntryId((ulong)number, 0));
        }

        _writer!.Flush(_batch);
    }

    /// <summary>Takes, flushes and commits.</summary>
    public void Add(IEnumerable<int> numbers)
    {
        Flush(numbers);
        Commit();
    }

    /// <summary>Seals the open segment; not committed.</summary>
    public void SealWithoutCommit() => _writer!.Seal(_batch);

    /// <summary>Seals and commits.</summary>
    public void Seal()
    {
        SealWithoutCommit();
        Commit();
    }

    /// <summary>What the batch says counts from now on.</summary>
    public void Commit()
    {
        foreach (var (key, value) in _batch.StateChanges)
        {
            if (value is null) State.Remove(key);
            else State[key] = value;
        }

        Count += _batch.InputCount;
        _batch.Clear();
    }

    /// <summary>Redis is made to forget it, as archiving switched off does.</summary>
    public void Forget()
    {
        Seal();
        _writer!.Dispose();
        var head = Archived.Head with { Forgotten = true };
        Folder.Write(Folder.HeadPath, ArchiveJson.ToFile(head));
        State = [];
    }

    public void Close() => _writer?.Dispose();

    public Task<VerificationReport> VerifyAsync(bool asksRedis = true)
    {
        Func<Task<ArchiveState?>>? ask = asksRedis ? () => Task.FromResult(ArchiveState.Parse("fills", State)) : null;
        return new ArchiveVerification(Folder, ask, _ => { }) { Between = TimeSpan.Zero }
            .RunAsync(CancellationToken.None);
    }

    public void Dispose()
    {
        _writer?.Dispose();
        _data.Dispose();
    }
}
