using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace TradeOs.Benchmarks;

/// <summary>Stands between a host and its Redis; can close and refuse everything, or lose it without a word.</summary>
internal sealed class StallingProxy(int serverPort) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<Socket> _sockets = [];
    private TcpListener? _listener;
    private int _port;
    private volatile bool _isStalled;
    private volatile int _stalls;

    public string Endpoint => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port}");

    /// <summary>Takes connections, at the same port each time.</summary>
    public void Open()
    {
        _isStalled = false;
        if (_listener is not null) return;
        _listener = new TcpListener(IPAddress.Loopback, _port);
        _listener.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Start();
        _port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync(_listener);
    }

    /// <summary>Closes every connection and refuses new ones.</summary>
    public void Close()
    {
        _listener?.Stop();
        _listener = null;
        lock (_lock)
        {
            foreach (var socket in _sockets) socket.Dispose();
            _sockets.Clear();
        }
    }

    /// <summary>From now on nothing moves: what is connected or connects meanwhile stays so for ever, and
    /// silent.</summary>
    public void Stall() => (_isStalled, _stalls) = (true, _stalls + 1);

    /// <inheritdoc/>
    public void Dispose() => Close();

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptSocketAsync();
                var isDead = _isStalled;
                var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                client.NoDelay = true;
                lock (_lock) _sockets.AddRange([client, server]);
                if (!isDead) _ = ConnectAsync(client, server);
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Closed.
        }
    }

    private async Task ConnectAsync(Socket client, Socket server)
    {
        var stalls = _stalls;
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, serverPort);
            await Task.WhenAny(PumpAsync(client, server, stalls), PumpAsync(server, client, stalls));
        }
        catch (SocketException)
        {
            // The server is away: the client finds its connection closed.
        }

        if (_stalls != stalls) return;
        client.Dispose();
        server.Dispose();
    }

    private async Task PumpAsync(Socket from, Socket to, int stalls)
    {
        try
        {
            var buffer = new byte[64 * 1024];
            while (await from.ReceiveAsync(buffer) is > 0 and var count)
            {
                if (_stalls != stalls) await Task.Delay(Timeout.Infinite);
                await to.SendAsync(buffer.AsMemory(0, count));
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            // Either side closed.
        }
    }
}
