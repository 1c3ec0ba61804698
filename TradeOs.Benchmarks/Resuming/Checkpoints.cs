using System.Globalization;
using System.Net.Sockets;
using System.Text;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Benchmarks;

/// <summary>Where every reader stands, asked over a plain socket: nothing waits, retries or connects again.</summary>
internal sealed class Checkpoints : IDisposable
{
    private readonly TcpClient _client = new() { NoDelay = true, ReceiveTimeout = 1000 };
    private readonly StreamReader _reader;

    private Checkpoints(string endpoint)
    {
        var parts = endpoint.Split(':');
        _client.Connect(parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture));
        _reader = new StreamReader(_client.GetStream(), Encoding.ASCII);
    }

    /// <summary>Returns as soon as the server answers a PING.</summary>
    public static async Task<Checkpoints> ConnectAsync(string endpoint)
    {
        while (true)
        {
            Checkpoints? checkpoints = null;
            try
            {
                checkpoints = new Checkpoints(endpoint);
                checkpoints.Send("PING\r\n");
                if (checkpoints._reader.ReadLine() == "+PONG") return checkpoints;
            }
            catch (Exception failure) when (failure is SocketException or IOException)
            {
                // Not yet.
            }

            checkpoints?.Dispose();
            await Task.Delay(2);
        }
    }

    /// <summary>Count and epoch of every reader; -1 while it has none.</summary>
    public IReadOnlyDictionary<string, (long Count, long Epoch)> Read()
    {
        Send(string.Concat(Topology.Readers.Select(reader =>
            $"HMGET {RedisKeys.Checkpoint(reader.Name)} count epoch\r\n")));
        return Topology.Readers.ToDictionary(reader => reader.Name, _ =>
        {
            _reader.ReadLine();
            return (Number(), Number());
        });
    }

    /// <summary>Process id of the server.</summary>
    public int ProcessId()
    {
        Send("INFO server\r\n");
        while (_reader.ReadLine() is { } line)
            if (line.StartsWith("process_id:", StringComparison.Ordinal))
                return int.Parse(line["process_id:".Length..], CultureInfo.InvariantCulture);
        throw new IOException("INFO names no process_id.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _reader.Dispose();
        _client.Dispose();
    }

    private long Number() =>
        _reader.ReadLine() == "$-1" ? -1 : long.Parse(_reader.ReadLine() ?? "", CultureInfo.InvariantCulture);

    private void Send(string commands) => _client.GetStream().Write(Encoding.ASCII.GetBytes(commands));
}
