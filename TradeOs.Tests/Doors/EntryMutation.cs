using System.Text;
using TradeOs.Stages;

namespace TradeOs.Tests.Doors;

/// <summary>Random entries: good ones with some things changed, and bytes that never were one.</summary>
internal sealed class EntryMutation(int seed)
{
    private static readonly byte[][] Values =
    [
        .. new[]
        {
            "", "0", "-0", "-1", "1", "100", "1e400", "1e-400", "NaN", "Infinity", "0.0000000000000000000000000001",
            "79228162514264337593543950335", "1000000000000", "0.000000000001", "buy", "sell", "trade", "bar", "quote",
            "I-1", "paper-1", "1-0", "0-0", "18446744073709551615-18446744073709551615", "A", "A:B", "%", "G1", " ",
            "2024-08-08T12:00:00Z", "2024-08-08T12:00:00.123456Z", "2023-01-01T00:00:00Z", "2199-12-31T23:59:59Z",
            "1800-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "\u001b[2J", "\n", "\0", "Ä", "win", "loss",
        }.Select(Encoding.UTF8.GetBytes),
        [0xff, 0xfe], [0xc3], [.. Enumerable.Repeat((byte)'9', 70_000)],
    ];

    private readonly Random _random = new(seed);

    /// <summary>The next entry for a stream: mostly a good one changed in up to three places.</summary>
    public OutsideEntry Next(string stream, int number)
    {
        if (_random.Next(20) == 0) return Noise();
        var of = _random.Next(10) == 0 ? Topology.Streams[_random.Next(Topology.Streams.Length)] : stream;
        var entry = GoodEntries.Of(of, number);
        for (var times = _random.Next(4); times > 0; times--) Change(entry);
        return entry;
    }

    private void Change(OutsideEntry entry)
    {
        var place = _random.Next(entry.FieldCount);
        switch (_random.Next(8))
        {
            case 0 or 1 or 2:
                entry.Change(place, _ => Values[_random.Next(Values.Length)], isName: false);
                break;
            case 3:
                entry.Change(place, Flip, _random.Next(3) == 0);
                break;
            case 4:
                entry.InsertAgain(place, _random.Next(entry.FieldCount));
                break;
            case 5 when entry.FieldCount > 1:
                entry.RemoveAt(place);
                break;
            case 6:
                entry.Add(Bytes(), Bytes());
                break;
            default:
                entry.Reverse();
                break;
        }
    }

    private OutsideEntry Noise()
    {
        var entry = new OutsideEntry();
        var countMax = _random.Next(50) == 0 ? 1500 : 12;
        for (var left = _random.Next(1, countMax); left > 0; left--) entry.Add(Bytes(), Bytes());
        return entry;
    }

    private byte[] Flip(byte[] bytes)
    {
        byte[] changed = [.. bytes];
        if (changed.Length > 0) changed[_random.Next(changed.Length)] = (byte)_random.Next(256);
        return changed;
    }

    private byte[] Bytes()
    {
        var bytes = new byte[_random.Next(24)];
        _random.NextBytes(bytes);
        return bytes;
    }
}
