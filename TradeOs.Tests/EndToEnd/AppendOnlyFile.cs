using TradeOs.Bus;
using TradeOs.Host;
using TradeOs.Stages;

namespace TradeOs.Tests.EndToEnd;

/// <summary>What a server's append-only file says was ever added to the streams, whatever was trimmed since.</summary>
internal sealed class AppendOnlyFile : IDisposable
{
    private readonly Dictionary<string, StreamDigest> _digests =
        Topology.Streams.ToDictionary(stream => stream, stream => new StreamDigest(stream));

    private AppendOnlyFile()
    {
    }

    public StreamDigest this[string stream] => _digests[stream];

    /// <summary>Reads every increment in the order they were written.</summary>
    public static AppendOnlyFile Digests(string serverDirectory)
    {
        var file = new AppendOnlyFile();
        var increments = Directory.EnumerateFiles(Path.Combine(serverDirectory, "appendonlydir"), "*.incr.aof");
        foreach (var increment in increments.OrderBy(Number)) file.Read(File.ReadAllBytes(increment));
        return file;
    }

    public void Dispose()
    {
        foreach (var digest in _digests.Values) digest.Dispose();
    }

    private static int Number(string path) =>
        int.Parse(Path.GetFileName(path).Split('.')[^3], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The file is made of commands as clients send them; XADD carries the id that was given.</summary>
    private void Read(ReadOnlyMemory<byte> commands)
    {
        var scanner = default(RespScanner);
        while (commands.Length > 0)
        {
            var length = scanner.Scan(commands.Span);
            if (length < 0) throw new InvalidDataException("The append-only file ends inside a command.");
            var command = new RespCursor(commands[..length]);
            var words = command.Array();
            if (command.Text() == "XADD" && _digests.TryGetValue(command.Text()!, out var digest))
            {
                var id = EntryId.Parse(command.Text()!);
                digest.Add(new Entry(id, new Fields(command.Values(words - 3), (words - 3) / 2)));
            }

            commands = commands[length..];
        }
    }
}
