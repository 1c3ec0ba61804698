using Microsoft.Extensions.Logging.Abstractions;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>A look at the streams from outside the pipeline: opens no reader, writes nothing.</summary>
internal sealed class BusLook : IDisposable
{
    private readonly RedisStreamBus _bus;

    private BusLook(ControlConnection control, RedisStreamBus bus) => (Control, _bus) = (control, bus);

    /// <summary>For commands that only look.</summary>
    public ControlConnection Control { get; }

    /// <summary>For ranges and positions.</summary>
    public IStreamBus Bus => _bus;

    /// <summary>Connects.</summary>
    /// <exception cref="BusUnavailableException">Nothing listens there.</exception>
    /// <exception cref="RefusedException">The password is wrong.</exception>
    public static async Task<BusLook> OpenAsync(Settings settings, CancellationToken cancellationToken)
    {
        var control = await ControlConnection.ConnectAsync(settings.Redis, cancellationToken);
        var bus = new RedisStreamBus(
            settings.Redis, ArchiveReaders.Limits(settings), NoGate.Instance, "look", TimeProvider.System,
            NullLogger<RedisStreamBus>.Instance);
        return new BusLook(control, bus);
    }

    /// <summary>The streams as if nothing had been trimmed.</summary>
    public StreamHistory History(Settings settings) => new(_bus, Control.StateAsync, settings.DataDirectory);

    /// <summary>The newest <paramref name="count"/> entries of a stream, oldest first.</summary>
    public async Task<IReadOnlyList<Entry>> LastAsync(string stream, int count) =>
        await _bus.LastAsync(stream, count);

    /// <summary>One entry of a stream, on memory of its own; null when it is not there.</summary>
    public async Task<Entry?> EntryAsync(string stream, EntryId id, CancellationToken cancellationToken)
    {
        var before = id.Sequence > 0 ? new EntryId(id.Milliseconds, id.Sequence - 1)
            : id.Milliseconds > 0 ? new EntryId(id.Milliseconds - 1, ulong.MaxValue)
            : id;
        var found = await _bus.RangeAsync(stream, before, 1, cancellationToken);
        return found.Count > 0 && found[0].Id == id ? found[0] : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _bus.Dispose();
        Control.Dispose();
    }

    /// <summary>Nothing is opened, so nothing needs to be admitted.</summary>
    private sealed class NoGate : IServerGate
    {
        public static NoGate Instance { get; } = new();

        public Task AdmitAsync(string runId, CancellationToken cancellationToken) =>
            throw new InvariantViolatedException("A look at the streams never opens a reader.");
    }
}
