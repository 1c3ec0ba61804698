namespace TradeOs.Bus;

/// <summary>One stream in memory: the entries it still holds, oldest first.</summary>
internal sealed class MemoryStream
{
    /// <summary>Above the 85,000 bytes from which on .NET's collector leaves an object where it is. A stream with
    /// an entry holds at least one.</summary>
    private const int SlabBytes = 256 * 1024;

    private readonly List<Entry> _entries = [];
    private int _trimmed;
    private Memory<byte> _slab;
    private TaskCompletionSource? _appended;

    public long Added { get; private set; }

    public int Length => _entries.Count - _trimmed;

    public EntryId LastId => new((ulong)Added, 0);

    /// <summary>Appends a copy of fields. Copies share slabs; what is left of one that is too small goes with
    /// it.</summary>
    public void Append(Fields fields)
    {
        var length = fields.EncodedBytes;
        if (_slab.Length < length) _slab = GC.AllocateUninitializedArray<byte>(Math.Max(SlabBytes, length));
        fields.Encoded.CopyTo(_slab);
        Added++;
        _entries.Add(new Entry(LastId, new Fields(_slab[..length], fields.Count)));
        _slab = _slab[length..];
    }

    /// <summary>Keeps the newest <paramref name="keep"/> entries. The list is compacted when half of it is
    /// gone.</summary>
    public void Trim(int keep)
    {
        for (; Length > keep; _trimmed++) _entries[_trimmed] = default;
        if (_trimmed < 1024 || _trimmed * 2 < _entries.Count) return;
        _entries.RemoveRange(0, _trimmed);
        _trimmed = 0;
    }

    /// <summary>Adds up to <paramref name="countMax"/> entries after <paramref name="after"/> to
    /// <paramref name="found"/>.</summary>
    public void Read(EntryId after, int countMax, List<Entry> found)
    {
        var oldest = Added - Length;
        var index = _trimmed + (int)Math.Max(0, (long)after.Milliseconds - oldest);
        for (; index < _entries.Count && found.Count < countMax; index++) found.Add(_entries[index]);
    }

    /// <summary>A task that ends at the next <see cref="Wake"/>.</summary>
    public Task Appended() =>
        (_appended ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void Wake()
    {
        _appended?.SetResult();
        _appended = null;
    }
}
