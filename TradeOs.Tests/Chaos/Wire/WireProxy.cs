using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using TradeOs.Bus;

namespace TradeOs.Tests.Chaos;

/// <summary>Stands between host and server, reads what they say, and stops any command at any place of its
/// way.</summary>
/// <remarks>
/// Commands are passed on one by one in their order, each with its answer, so that the harness acts exactly before,
/// behind and between them. The product knows nothing of it.
/// </remarks>
internal sealed class WireProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly int _serverPort;
    private readonly Task _accepting;
    private volatile Func<WireMoment, ValueTask<bool>>? _watch;
    private int _count;

    /// <summary>A proxy to a port of this machine.</summary>
    public WireProxy(int serverPort)
    {
        _serverPort = serverPort;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where the host connects.</summary>
    public string Endpoint => string.Create(
        CultureInfo.InvariantCulture, $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>Asked at every place of every command; what it answers false to ends there, with its
    /// connection.</summary>
    public Func<WireMoment, ValueTask<bool>>? Watch
    {
        get => _watch;
        set => _watch = value;
    }

    /// <summary>Told of every command the server answered, before the host is.</summary>
    public Action<WireRequest, ReadOnlyMemory<byte>> Answered { get; set; } = (_, _) => { };

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
        using var accepted = client;
        client.NoDelay = true;
        var line = new Line(client, server, Interlocked.Increment(ref _count));
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _serverPort, _stop.Token);
            var requests = PumpAsync(client, bytes => RequestAsync(line, bytes));
            var replies = PumpAsync(server, bytes => ReplyAsync(line, bytes));
            await Task.WhenAny(requests, replies);
            client.Dispose();

            // A command that is held keeps its way to the server open, as a network does that lost one side of it.
            await requests;
            server.Dispose();
            await replies;
        }
        catch (Exception end) when (IsEnd(end))
        {
            // The server is away: the host finds its connection closed.
        }
    }

    private async Task<bool> RequestAsync(Line line, ReadOnlyMemory<byte> bytes)
    {
        var request = new WireRequest(line.Number, line.Reader, bytes);
        if (request.Command == "CLIENT" && request.Words is [_, "SETNAME", var name, ..])
            line.Reader = name.Replace("tradeos:", "", StringComparison.Ordinal);
        if (!await PassesAsync(WirePhase.Sent, request, default)) return false;
        line.Waiting.Enqueue(request);
        await SendAsync(line.Server, bytes);
        return await PassesAsync(WirePhase.Forwarded, request, default);
    }

    private async Task<bool> ReplyAsync(Line line, ReadOnlyMemory<byte> bytes)
    {
        // What nobody asked for is a message of a subscription.
        if (!line.Waiting.TryDequeue(out var request))
        {
            await SendAsync(line.Client, bytes);
            return true;
        }

        Answered(request, bytes);
        if (!await PassesAsync(WirePhase.Answered, request, bytes)) return false;
        await SendAsync(line.Client, bytes);
        return await PassesAsync(WirePhase.Delivered, request, bytes);
    }

    private async ValueTask<bool> PassesAsync(WirePhase phase, WireRequest request, ReadOnlyMemory<byte> reply) =>
        _watch is not { } watch
        || await watch(new WireMoment(phase, request, reply)).AsTask().WaitAsync(_stop.Token);

    /// <summary>Reads whole RESP values and passes each on, until one says it was the last.</summary>
    private async Task PumpAsync(Socket from, Func<ReadOnlyMemory<byte>, Task<bool>> pass)
    {
        var buffer = new byte[64 * 1024];
        var (filled, scanner) = (0, default(RespScanner));
        try
        {
            while (await from.ReceiveAsync(buffer.AsMemory(filled), _stop.Token) is > 0 and var count)
            {
                filled += count;
                var start = 0;
                while (start < filled && scanner.Scan(buffer.AsSpan(start, filled - start)) is > 0 and var length)
                {
                    if (!await pass(buffer.AsSpan(start, length).ToArray())) return;
                    start += length;
                }

                buffer.AsSpan(start, filled - start).CopyTo(buffer);
                filled -= start;
                if (filled == buffer.Length) Array.Resize(ref buffer, 2 * buffer.Length);
            }
        }
        catch (Exception end) when (IsEnd(end))
        {
            // Either side closed.
        }
    }

    private async ValueTask SendAsync(Socket to, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0) bytes = bytes[await to.SendAsync(bytes, _stop.Token)..];
    }

    private static bool IsEnd(Exception end) => end is SocketException or ObjectDisposedException
        or OperationCanceledException or InvalidOperationException or RespProtocolException;

    private sealed class Line(Socket client, Socket server, int number)
    {
        public Socket Client => client;

        public Socket Server => server;

        public int Number => number;

        public string Reader { get; set; } = "";

        public ConcurrentQueue<WireRequest> Waiting { get; } = [];
    }
}
