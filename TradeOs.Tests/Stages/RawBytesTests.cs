using System.Text;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Host;
using TradeOs.Stages;

namespace TradeOs.Tests.Stages;

/// <summary>What a dead letter keeps can be had back exactly, or is seen to be cut.</summary>
public sealed class RawBytesTests
{
    private static readonly string[] Pieces =
    [
        "", "a", "price", "=", "\n", "\0", "base64:", "base64", ":", "$1\r\nx\r\n", "\r", "~", " ", "\u007f", "\u00e9",
        "\\", "a=b", "\u001b[31m", "0",
    ];

    private static readonly Gen<byte[]> Words = Gen.Frequency(
        (8, Gen.Elements(Pieces).ArrayOf().Resize(3).Select(pieces => Encoding.UTF8.GetBytes(string.Concat(pieces)))),
        (2, Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf().Resize(8)),
        (1, Gen.Choose(1000, 6000).Select(length => Enumerable.Repeat((byte)'x', length).ToArray())));

    private static readonly Gen<(byte[] Name, byte[] Value)[]> Entries =
        Words.Two().Select(pair => (Name: pair.Item1, Value: pair.Item2)).ArrayOf().Resize(6);

    [Test]
    public void Letter_OfAnyFields_GivesThemBackExactlyOrIsSeenToBeCut()
    {
        var (whole, text) = (0, 0);
        Seed.Check(
            Entries,
            entry =>
            {
                var fields = FieldsOf(entry);
                var letter = ReadBack(RawBytes.Of(fields));
                Assert.That(letter, Is.Not.Null);
                var raw = letter!.Raw;
                Assert.That(raw.IsOf(fields), Is.True);
                Assert.That(raw.TryDecode(out var back), Is.EqualTo(raw.IsWhole));
                Assert.That(raw.IsWhole, Is.EqualTo(raw.Length <= RawBytes.KeptBytesMax));
                if (raw.IsWhole) Assert.That(Pairs(back), Is.EqualTo(Pairs(fields)));
                (whole, text) = (whole + (raw.IsWhole ? 1 : 0), text + (raw.IsText ? 1 : 0));
            },
            10_000);

        TestContext.Out.WriteLine($"{whole} whole, {text} as text");
        Assert.That(whole, Is.InRange(1000, 9900));
        Assert.That(text, Is.InRange(100, 9000));
    }

    [TestCase("a=b", "a=b\n", Description = "printable")]
    [TestCase("a=", "a=\n", Description = "an empty value")]
    [TestCase("=", "=\n", Description = "nothing at all")]
    [TestCase("a=b=c", "a=b=c\n", Description = "an = in a value")]
    [TestCase("a=1 a=2", "a=1\na=2\n", Description = "a name twice")]
    [TestCase("a=1 base64:x=2", "a=1\nbase64:x=2\n", Description = "base64: in a later name")]
    [TestCase("base64:x=2", "base64:$8\r\nbase64:x\r\n$1\r\n2\r\n", Description = "it would begin with base64:")]
    [TestCase("a=b\nc", "base64:$1\r\na\r\n$3\r\nb\nc\r\n", Description = "a line feed")]
    public void Letter_OfAnEntry_ReadsAsTextWhereThatIsExact(string entry, string expected)
    {
        var pairs = entry.Split(' ').Select(field => field.Split('=', 2))
            .Select(parts => (Encoding.UTF8.GetBytes(parts[0]), Encoding.UTF8.GetBytes(parts[1])));

        var written = RawOf(RawBytes.Of(FieldsOf([.. pairs])));

        Assert.That(Shown(written), Is.EqualTo(expected));
    }

    [Test]
    public void Letter_OfAnEqualsInAName_IsNoText()
    {
        var written = RawOf(RawBytes.Of(FieldsOf([("a=b"u8.ToArray(), "c"u8.ToArray())])));

        Assert.That(Shown(written), Is.EqualTo("base64:$3\r\na=b\r\n$1\r\nc\r\n"));
    }

    [TestCase("1,2,x", "1,2,x")]
    [TestCase("base64:MQ==", "base64:base64:MQ==")]
    [TestCase("1\u0001", "base64:1\u0001")]
    public void Letter_OfARow_IsTheRowItself(string row, string expected) =>
        Assert.That(Shown(RawOf(RawBytes.Of(Encoding.UTF8.GetBytes(row)))), Is.EqualTo(expected));

    [TestCase("a=1\n", 4, "0000", Description = "another digest")]
    [TestCase("a=1\n", 5, null, Description = "shorter than its length, and not cut at the bound")]
    [TestCase("a=1\n", 3, null, Description = "longer than its length")]
    [TestCase("base64:!", 4, null, Description = "no base64")]
    public void Letter_WhosePartsDoNotBelongTogether_IsNone(string raw, long length, string? sha256)
    {
        var digest = sha256 ?? RawBytes.Of("a=1\n"u8).Sha256;

        Assert.That(RawBytes.Read(Encoding.UTF8.GetBytes(raw), length, digest), Is.Null);
    }

    [TestCase("$1\r\na\r\n")]
    [TestCase("$1\r\na\r\n$1\r\nb\r")]
    [TestCase("$1\r\na\r\n$01\r\nb\r\n")]
    [TestCase("$1\r\na\r\n$-1\r\n\r\n")]
    [TestCase("$1\r\na\r\n$9\r\nb\r\n")]
    [TestCase("$1\r\na\r\n$1\nXb\r\n")]
    [TestCase("$99999999999\r\na\r\n")]
    [TestCase("*1\r\na\r\n")]
    [TestCase("$")]
    public void Fields_OfBytesThatAreNone_AreNotRead(string bytes) =>
        Assert.That(Fields.TryDecode(Encoding.ASCII.GetBytes(bytes), out _), Is.False);

    /// <summary>A hostile entry must not cost its own size again, however large it is.</summary>
    [TestCase((byte)'x', Description = "text")]
    [TestCase((byte)0, Description = "bytes")]
    public void Letter_OfALargeEntry_CopiesOnlyWhatItKeeps(byte value)
    {
        var fields = FieldsOf([("x"u8.ToArray(), Enumerable.Repeat(value, 16 * 1024 * 1024).ToArray())]);
        _ = RawBytes.Of(fields);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var raw = RawBytes.Of(fields);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.That(raw.Kept.Length, Is.EqualTo(RawBytes.KeptBytesMax));
        Assert.That(allocated, Is.LessThan(64 * 1024));
    }

    [Test]
    public void Letter_OfAnEntryNotReadToItsEnd_TellsItsLengthAndIsNoOther()
    {
        var fields = FieldsOf([("x"u8.ToArray(), new byte[9000])]);

        var letter = ReadBack(RawBytes.OfCut(fields, 1_000_000));

        Assert.That(letter!.Raw.Length, Is.EqualTo(fields.Encoded.Length + 1_000_000));
        Assert.That((letter.Raw.Sha256, letter.Raw.Kept.Length), Is.EqualTo(("", RawBytes.KeptBytesMax)));
        Assert.That(letter.Raw.TryDecode(out _), Is.False);
        Assert.That(letter.Raw.IsOf(fields), Is.False);
    }

    [Test]
    public void Digest_OfLetters_LeavesOutWhatAnOperatorResolved()
    {
        var letter = new DeadLetter("signal-engine", "market_data.raw", "1-0", "why", RawBytes.Of("x"u8));
        var note = new Resolution(new EntryId(1, 0), true, "market_data.raw", new EntryId(2, 0), "mended");
        using var before = new StreamDigest(StreamNames.DeadLetters);
        using var after = new StreamDigest(StreamNames.DeadLetters);

        before.Add(new Entry(new EntryId(1, 0), Written(letter)));
        after.Add(new Entry(new EntryId(1, 0), Written(letter)));
        after.Add(new Entry(new EntryId(2, 0), note.ToFields()));

        Assert.That(after.ToHex(), Is.EqualTo(before.ToHex()));
        Assert.That((before.Count, after.Count), Is.EqualTo((1, 2)));
    }

    [Test]
    public void Resolution_WrittenAndRead_IsTheSameAndNoLetter()
    {
        var requeue = new Resolution(new EntryId(1, 2), true, "fills", new EntryId(3, 4), "why not");
        var drop = new Resolution(new EntryId(1, 2), false, "X.csv", null, "why");

        Assert.That(Resolution.Read(requeue.ToFields()), Is.EqualTo(requeue));
        Assert.That(Resolution.Read(drop.ToFields()), Is.EqualTo(drop));
        Assert.That(DeadLetter.Read(drop.ToFields()), Is.Null);
        Assert.That(
            requeue.ToFields().ToString(),
            Is.EqualTo("resolves=1-2 resolution=requeued stream=fills entry=3-4 reason=why not"));
    }

    private static Fields FieldsOf((byte[] Name, byte[] Value)[] pairs)
    {
        var builder = new FieldsBuilder();
        foreach (var (name, value) in pairs) builder.Add(name, value);
        return builder.Build();
    }

    private static List<string> Pairs(Fields fields)
    {
        var pairs = new List<string>();
        foreach (var field in fields)
            pairs.Add(Convert.ToHexString(field.Name) + " " + Convert.ToHexString(field.Value));
        return pairs;
    }

    private static DeadLetter? ReadBack(RawBytes raw) =>
        DeadLetter.Read(Written(new DeadLetter("signal-engine", "market_data.raw", "1-0", "why", raw)));

    private static Fields Written(DeadLetter letter)
    {
        var batch = new Batch();
        letter.Write(batch.Append("to"));
        return batch.Appended("to").Single();
    }

    private static string RawOf(RawBytes raw)
    {
        var batch = new Batch();
        raw.Write(batch.Append("to"));
        return batch.Appended("to").Single().TryGet("raw"u8, out var value) ? Encoding.UTF8.GetString(value) : "";
    }

    /// <summary>What stands behind base64:, in clear.</summary>
    private static string Shown(string raw) => raw.StartsWith("base64:", StringComparison.Ordinal)
        ? "base64:" + Encoding.UTF8.GetString(Convert.FromBase64String(raw["base64:".Length..]))
        : raw;
}
