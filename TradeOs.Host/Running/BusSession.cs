using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>The bus of one run with everything that must stand before it and outlive it.</summary>
internal abstract class BusSession : IAsyncDisposable
{
    /// <summary>What the stages run on.</summary>
    public abstract IStreamBus Bus { get; }

    /// <summary>Whether the server is away; null for a bus that has none.</summary>
    public virtual OutageLog? Outage => null;

    /// <summary>The streams as if nothing had ever been trimmed.</summary>
    public virtual StreamHistory History => StreamHistory.Of(Bus);

    /// <summary>Services that keep the bus usable while the stages run.</summary>
    public virtual IReadOnlyList<BackgroundService> Services => [];

    /// <summary>Services that follow how far everything is, told what the loops of this run wait for.</summary>
    /// <param name="loops">Every loop, the feed's included.</param>
    /// <param name="loggers">Loggers of the run.</param>
    public virtual IEnumerable<BackgroundService> Followers(
        IReadOnlyList<LoopProgress> loops, ILoggerFactory loggers) => [];

    /// <summary>The streams as they were seen last, once a second; null where nobody looks.</summary>
    public virtual RetentionSnapshot? Seen => null;

    /// <summary>
    /// Whether a managed server is left running at the end: it was asked for, or another host uses it now.
    /// </summary>
    public bool IsServerLeft { get; set; }

    /// <summary>Whether a service of this run failed: what is seen then is not remembered.</summary>
    public bool HasFailed { get; set; }

    /// <summary>Whether a managed server stops with this run.</summary>
    public virtual bool IsServerToStop => false;

    /// <summary>The bus the arguments ask for, ready to be used.</summary>
    /// <exception cref="RefusedException">The server may not be used.</exception>
    /// <exception cref="FencedException">Another host uses it.</exception>
    /// <exception cref="BusUnavailableException">There is no server.</exception>
    public static async Task<BusSession> OpenAsync(
        Settings settings, RunArguments arguments, ILoggerFactory loggers, CancellationToken cancellationToken) =>
        arguments.OnMemory
            ? new MemorySession(settings)
            : await RedisSession.OpenSessionAsync(settings, arguments, loggers, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Everything in this process; gone with it.</summary>
    private sealed class MemorySession(Settings settings) : BusSession
    {
        public override IStreamBus Bus { get; } =
            new InMemoryStreamBus(new MemoryStore(StreamOptions.Limits(settings.Streams)));
    }
}
