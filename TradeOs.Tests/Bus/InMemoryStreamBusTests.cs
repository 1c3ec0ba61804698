using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Bus;

[TestFixture]
public sealed class InMemoryStreamBusTests : StreamBusContract
{
    private MemoryStore _store = null!;

    protected override Task EmptyServerAsync()
    {
        _store = new MemoryStore(Limits);
        return Task.CompletedTask;
    }

    protected override IStreamBus NewHost() => new InMemoryStreamBus(_store);

    protected override Task SetControlAsync(string control)
    {
        _store.Control = control;
        return Task.CompletedTask;
    }

    protected override Task DeleteStreamAsync(string stream)
    {
        _store.Streams.Remove(stream);
        return Task.CompletedTask;
    }
}
