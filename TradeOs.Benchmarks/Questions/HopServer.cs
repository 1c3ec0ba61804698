using StackExchange.Redis;
using TradeOs.Bus;
using TradeOs.Stages;
using RedisResult = StackExchange.Redis.RedisResult;

namespace TradeOs.Benchmarks;

/// <summary>One stream on a Redis of its own, and the three ways to write to it and to read it.</summary>
internal sealed class HopServer : IAsyncDisposable
{
    private const string Group = "library";

    private readonly Batch _batch = new();
    private readonly (byte[] Name, byte[] Value)[] _fields;
    private readonly RedisValue[] _words;
    private readonly BenchmarkServer _server;
    private readonly RedisStreamBus _bus;
    private readonly ConnectionMultiplexer _multiplexer;
    private readonly IDatabase _database;
    private IStreamReader _writer = null!;
    private IStreamReader? _reader;

    private HopServer(BenchmarkServer server, ConnectionMultiplexer multiplexer, int fields, bool isRead)
    {
        (_server, _multiplexer, _database) = (server, multiplexer, multiplexer.GetDatabase());
        // Payloads of 16 fields are the tick twice, the second time under longer names.
        var words = SampleTick.Words.Chunk(2).ToArray();
        _fields = [.. Enumerable.Range(0, fields).Select(field => (
            Utf8(words[field % words.Length][0] + (field < words.Length ? "" : "_again")),
            Utf8(words[field % words.Length][1])))];
        _words = [.. _fields.SelectMany(field => (RedisValue[])[field.Name, field.Value])];
        var readers = isRead ? [Topology.Stages[0].Name] : Array.Empty<string>();
        _bus = server.NewBus(new Dictionary<string, StreamLimit>
        {
            [StreamNames.MarketData] = new(10_000, [.. readers]),
        });
    }

    /// <summary>Starts it.</summary>
    /// <param name="fields">Fields of an entry, 8 or 16.</param>
    /// <param name="fsync">Its appendfsync.</param>
    /// <param name="mode">How our reader reads; null when nothing of ours does.</param>
    public static async Task<HopServer> StartAsync(int fields, string fsync, ReadMode? mode)
    {
        var server = await BenchmarkServer.StartAsync();
        var multiplexer = await ConnectionMultiplexer.ConnectAsync(server.Endpoint + ",allowAdmin=true");
        await multiplexer.GetDatabase().ExecuteAsync("CONFIG", "SET", "appendfsync", fsync);
        var hop = new HopServer(server, multiplexer, fields, mode is not null);
        hop._writer = await hop._bus.OpenAsync(Topology.Feed, CancellationToken.None);
        if (mode is { } read)
        {
            var definition = Topology.Stages[0] with { Mode = read, Outputs = [] };
            hop._reader = await hop._bus.OpenAsync(definition, CancellationToken.None);
        }

        await hop._database.ExecuteAsync("XGROUP", "CREATE", StreamNames.MarketData, Group, "$", "MKSTREAM");
        return hop;
    }

    /// <summary>Appends so many entries in one commit of ours.</summary>
    public async Task AppendAsync(int count)
    {
        _batch.Clear();
        for (var entry = 0; entry < count; entry++)
        {
            var writer = _batch.Append(StreamNames.MarketData);
            foreach (var (name, value) in _fields) writer.Add(name, value);
            _batch.Complete(EntryId.Zero);
        }

        await LandAsync(_writer);
    }

    /// <summary>Reads so many with our reader and commits them.</summary>
    public async Task ReadAsync(int count)
    {
        for (var done = 0; done < count;)
        {
            var entries = await _reader!.ReadAsync(count, TimeSpan.FromSeconds(1), CancellationToken.None);
            if (entries.Count == 0) continue;
            _batch.Clear();
            foreach (var entry in entries) _batch.Complete(entry.Id);
            await LandAsync(_reader);
            done += entries.Count;
        }
    }

    /// <summary>Appends with the client library, awaiting each or all together.</summary>
    public async Task LibraryAppendAsync(int count, bool isPipelined)
    {
        object[] words = [StreamNames.MarketData, "MAXLEN", "~", 10_000, "*", .. _words.Select(word => (object)word)];
        if (isPipelined)
            await Task.WhenAll(Enumerable.Range(0, count).Select(_ => _database.ExecuteAsync("XADD", words)));
        else for (var entry = 0; entry < count; entry++) await _database.ExecuteAsync("XADD", words);
    }

    /// <summary>Reads with the client library and acknowledges each, or all together.</summary>
    public async Task LibraryReadAsync(int count, bool isPipelined)
    {
        var stream = StreamNames.MarketData;
        for (var done = 0; done < count;)
        {
            var answer = await _database.ExecuteAsync(
                "XREADGROUP", "GROUP", Group, "one", "COUNT", count, "STREAMS", stream, ">");
            if (answer.IsNull) continue;
            var entries = (RedisResult[])((RedisResult[])((RedisResult[])answer!)[0]!)[1]!;
            var ids = entries.Select(entry => (object)(string)((RedisResult[])entry!)[0]!).ToArray();
            if (isPipelined) await _database.ExecuteAsync("XACK", [stream, Group, .. ids]);
            else foreach (var id in ids) await _database.ExecuteAsync("XACK", stream, Group, id);
            done += ids.Length;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_reader is not null) await _reader.DisposeAsync();
        await _writer.DisposeAsync();
        _bus.Dispose();
        _multiplexer.Dispose();
        await _server.DisposeAsync();
    }

    private async Task LandAsync(IStreamReader reader)
    {
        var result = await reader.CommitAsync(_batch, CancellationToken.None);
        if (result != CommitResult.Committed) throw new InvalidOperationException($"{result}: {reader.Detail}");
    }

    private static byte[] Utf8(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
