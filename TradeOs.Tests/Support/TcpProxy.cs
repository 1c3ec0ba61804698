using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TradeOs.Tests;

/// <summary>What a <see cref="TcpProxy"/> does to one request and its connection.</summary>
public enum Fault
{
    /// <summary>Passes it on.</summary>
    None,

    /// <summary>The server never sees the request; the connection is closed.</summary>
    DropRequest,

    /// <summary>The server sees a part of the request; the connection is closed.</summary>
    CutRequest,

    /// <summary>The server gets the request and answers; the answer is thrown away and the connection closed.</summary>
    DropReply,

    /// <summary>The client gets a part of the answer; the connection is closed.</summary>
    CutReply,

    /// <summary>Nothing moves any more and nothing is closed, until the client gives up.</summary>
    Stall,

    /// <summary>The client is told the end, the server is told nothing: it goes on with what it has.</summary>
    HalfClose,

    /// <summary>Request and answer arrive late.</summary>
    Delay,

    /// <summary>The next few KB of answers on this connection pass at a few KB a second.</summary>
    Throttle,
}

/// <summary>Stands between a client and a loopback server and does what bad networks do, where a test says
/// so.</summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private const int ThrottledBytes = 64;
    private const int ThrottledBytesMax = 4096;

    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan ThrottledFor = TimeSpan.FromMilliseconds(16);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Fault, int> _hits = new();
    private readonly int _serverPort;
    private readonly Func<string, Task<Fault>> _decide;
    private readonly Task _accepting;
    private readonly ConcurrentBag<Task> _connections = [];

    /// <summary>A proxy to a port of this machine.</summary>
    /// <param name="serverPort">Where the server listens.</param>
    /// <param name="decide">Asked for every request, as Latin-1 text, before any of it is passed on.</param>
    public TcpProxy(int serverPort, Func<string, Task<Fault>> decide)
    {
        (_serverPort, _decide) = (serverPort, decide);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where clients connect, <c>host:port</c>.</summary>
    public string Endpoint => "127.0.0.1:" + Port.ToString(CultureInfo.InvariantCulture);

    /// <summary>Awaited before an answer is passed on, with the last request of its connection; by default nothing
    /// is.</summary>
    public Func<string, Task> Answering { get; init; } = _ => Task.CompletedTask;

    /// <summary>How often each fault happened.</summary>
    public IReadOnlyDictionary<Fault, int> Hits => _hits;

    private int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                _connections.Add(ServeAsync(await _listener.AcceptSocketAsync(_stop.Token)));
            }
            catch (Exception end) when (IsEnd(end))
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var line = new Line(client, server, Answering, _stop.Token);
        client.NoDelay = true;
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _serverPort, _stop.Token);
            await Task.WhenAny(line.PumpRepliesAsync(), PumpRequestsAsync(line));
        }
        catch (Exception end) when (IsEnd(end))
        {
            // The server is away: the client finds its connection closed.
        }
    }

    private async Task PumpRequestsAsync(Line line)
    {
        try
        {
            var buffer = new byte[256 * 1024];
            while (await line.Client.ReceiveAsync(buffer, line.Cancel) is > 0 and var count)
            {
                line.Request = Encoding.Latin1.GetString(buffer, 0, count);
                var fault = await _decide(line.Request);
                if (fault != Fault.None) _hits.AddOrUpdate(fault, 1, (_, hits) => hits + 1);
                if (!await PassAsync(line, buffer.AsMemory(0, count), fault)) return;
            }
        }
        catch (Exception end) when (IsEnd(end))
        {
            // Either side closed.
        }
    }

    /// <summary>Passes one request on as the fault has it; false when the connection shall be closed.</summary>
    private static async Task<bool> PassAsync(Line line, ReadOnlyMemory<byte> request, Fault fault)
    {
        if (line.Fault != Fault.Throttle) line.Fault = fault;
        switch (fault)
        {
            case Fault.DropRequest:
                return false;
            case Fault.CutRequest:
                await line.Server.SendAsync(request[..(request.Length / 2)], line.Cancel);
                return false;
            case Fault.Stall:
                await line.ClientGaveUpAsync();
                return false;
            case Fault.HalfClose:
                await line.Server.SendAsync(request, line.Cancel);
                line.Client.Shutdown(SocketShutdown.Send);
                await line.ClientGaveUpAsync();
                await Task.Delay(Late, line.Cancel);
                return false;
            case Fault.Delay:
                await Task.Delay(Late, line.Cancel);
                await line.Server.SendAsync(request, line.Cancel);
                return true;
            default:
                await line.Server.SendAsync(request, line.Cancel);
                return true;
        }
    }

    private static bool IsEnd(Exception end) =>
        end is SocketException or ObjectDisposedException or OperationCanceledException or InvalidOperationException;

    /// <summary>One client and its way to the server.</summary>
    private sealed class Line(Socket client, Socket server, Func<string, Task> answering, CancellationToken cancel)
        : IDisposable
    {
        private volatile int _fault;
        private volatile string _request = "";
        private int _throttled;

        public Socket Client => client;

        public Socket Server => server;

        public CancellationToken Cancel => cancel;

        public Fault Fault
        {
            get => (Fault)_fault;
            set => _fault = (int)value;
        }

        /// <summary>The last one that came.</summary>
        public string Request
        {
            get => _request;
            set => _request = value;
        }

        /// <summary>Passes answers on until either side closes or a fault ends it.</summary>
        public async Task PumpRepliesAsync()
        {
            try
            {
                var buffer = new byte[256 * 1024];
                while (await server.ReceiveAsync(buffer, cancel) is > 0 and var count)
                {
                    await answering(Request);
                    if (Fault is Fault.DropReply) return;
                    if (Fault is Fault.Stall or Fault.HalfClose) continue;
                    if (Fault is Fault.Delay) await Task.Delay(Late, cancel);
                    var passed = Fault is Fault.CutReply ? count / 2 : count;
                    if (Fault is Fault.Throttle) await TrickleAsync(buffer.AsMemory(0, passed));
                    else await client.SendAsync(buffer.AsMemory(0, passed), cancel);
                    if (Fault is Fault.CutReply) return;
                }
            }
            catch (Exception end) when (IsEnd(end))
            {
                // Either side closed.
            }
        }

        /// <summary>Reads on and throws away, until the client closes.</summary>
        public async Task ClientGaveUpAsync()
        {
            var buffer = new byte[4096];
            while (await client.ReceiveAsync(buffer, cancel) > 0)
            {
            }
        }

        private async Task TrickleAsync(ReadOnlyMemory<byte> answer)
        {
            _throttled += answer.Length;
            if (_throttled > ThrottledBytesMax) (Fault, _throttled) = (Fault.None, 0);
            for (; !answer.IsEmpty; answer = answer[Math.Min(answer.Length, ThrottledBytes)..])
            {
                await client.SendAsync(answer[..Math.Min(answer.Length, ThrottledBytes)], cancel);
                await Task.Delay(ThrottledFor, cancel);
            }
        }

        public void Dispose()
        {
            client.Dispose();
            server.Dispose();
        }
    }
}
