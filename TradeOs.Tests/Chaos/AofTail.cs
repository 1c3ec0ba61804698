using TradeOs.Bus;

namespace TradeOs.Tests.Chaos;

/// <summary>The end of an append-only file: where its last transaction stands, and cutting it there.</summary>
internal static class AofTail
{
    private static ReadOnlySpan<byte> Multi => "*1\r\n$5\r\nMULTI\r\n"u8;

    /// <summary>The file a server in that directory appends to.</summary>
    public static string FileIn(string directory)
    {
        var folder = Path.Combine(directory, "appendonlydir");
        var manifest = Path.Combine(folder, "appendonly.aof.manifest");
        var last = File.ReadLines(manifest).Last(line => line.EndsWith("type i", StringComparison.Ordinal));
        return Path.Combine(folder, last.Split(' ')[1]);
    }

    /// <summary>First byte of the last transaction, and the byte behind its end.</summary>
    /// <exception cref="InvalidOperationException">The file ends with no transaction.</exception>
    public static (int Start, int End) LastTransaction(ReadOnlyMemory<byte> file)
    {
        var (start, end, at) = (-1, -1, 0);
        var scanner = default(RespScanner);
        while (at < file.Length && scanner.Scan(file.Span[at..]) is > 0 and var length)
        {
            var command = file.Span.Slice(at, length);
            if (command.SequenceEqual(Multi)) start = at;
            at += length;
            if (command.SequenceEqual("*1\r\n$4\r\nEXEC\r\n"u8)) end = at;
        }

        return start >= 0 && end > start
            ? (start, end)
            : throw new InvalidOperationException("The append-only file holds no whole transaction.");
    }

    /// <summary>Cuts the file of a dead server inside its last transaction.</summary>
    /// <returns>How it was cut, for people.</returns>
    public static string Cut(string directory, Random random)
    {
        var path = FileIn(directory);
        var bytes = File.ReadAllBytes(path);
        var (start, end) = LastTransaction(bytes);
        var kept = random.Next(start + 1, end);
        using var file = File.OpenWrite(path);
        file.SetLength(kept);
        return $"append-only file cut at byte {kept - start} of the {end - start} of its last transaction";
    }
}
