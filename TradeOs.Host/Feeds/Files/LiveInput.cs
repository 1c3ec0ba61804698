namespace TradeOs.Host;

/// <summary>Bytes that come when they come: before each read, which may wait for ever, it says so.</summary>
internal sealed class LiveInput(Stream input) : ForwardStream
{
    private long _read;

    /// <summary>Called on the reading thread when everything read so far was handed out.</summary>
    public Action? BeforeRead { get; set; }

    public override long Position
    {
        get => Interlocked.Read(ref _read);
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        BeforeRead?.Invoke();
        var count = input.Read(buffer);
        Interlocked.Add(ref _read, count);
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) input.Dispose();
        base.Dispose(disposing);
    }
}
