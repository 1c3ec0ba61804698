using System.Buffers.Binary;
using System.Text;
using NUnit.Framework;
using TradeOs.Host;
using TradeOs.Stages;

namespace TradeOs.Tests.Feeds;

/// <summary>Zip archives, read in place.</summary>
public sealed class ZipFileTests
{
    /// <summary>Where a record of the directory at an archive's end has its flags, method and checksum.</summary>
    private const int FlagsOffset = 8;
    private const int MethodOffset = 10;
    private const int ChecksumOffset = 16;
    private const int LengthOffset = 24;

    private FeedRun _run = null!;

    [SetUp]
    public void Open() => _run = new FeedRun();

    [TearDown]
    public void Close() => _run.Dispose();

    [TestCase("BTCUSDT-trades-2024-08-08.zip")]
    [TestCase("BTCUSDT-trades-named-otherwise.csv")]
    public async Task Feed_OfAZipArchive_ReadsTheFileInIt(string name)
    {
        var text = Samples.Trades(5000);
        var packed = FeedRun.Zip(("folder/", ""), ("folder/BTCUSDT-trades-2024-08-08.csv", text));

        await _run.ToEndAsync("binance-trades:" + _run.File(name, packed));

        Assert.That(
            (await _run.EventsAsync()).Cast<Trade>().Select(trade => trade.TradeId),
            Is.EqualTo(Enumerable.Range(1, 5000).Select(id => $"{id}")));
        Assert.That(_run.Progress.BytesRead, Is.EqualTo(packed.Length));
    }

    [Test]
    public async Task Feed_OfAZipArchiveAgain_SkipsItByItsBytes()
    {
        var packed = FeedRun.Zip(("a.csv", Samples.Trades(30)));
        await _run.ToEndAsync("binance-trades:" + _run.File("BTCUSDT-trades-1.zip", packed));

        await _run.ToEndAsync("binance-trades:" + _run.File("BTCUSDT-trades-copy.zip", packed));

        Assert.That((await _run.EventsAsync()).Length, Is.EqualTo(30));
        Assert.That(_run.Logger.Lines.Last(), Does.Contain("was fed to its end before (30 rows"));
    }

    [Test]
    public void Feed_OfAZipArchiveWithNothingInIt_SaysSo() => Refuses(
        FeedRun.Zip(("folder/", "")), "is a zip archive with no file in it, expected exactly one. Fetch it again.");

    [Test]
    public void Feed_OfAZipArchiveWithNoEntryAtAll_SaysSo() => Refuses(
        FeedRun.Zip(), "is a zip archive with no file in it, expected exactly one. Fetch it again.");

    [Test]
    public void Feed_OfAZipArchiveOfSeveralFiles_NamesThem() => Refuses(
        FeedRun.Zip([.. Enumerable.Range(1, 12).Select(number => ($"{number}.csv", Samples.Trades(3)))]),
        "is a zip archive of 12 files (1.csv, 2.csv, 3.csv, 4.csv, 5.csv, 6.csv, 7.csv, 8.csv, 9.csv, 10.csv and 2 " +
        "more), expected exactly one. Unpack it (unzip PATH -d DIR) and name the directory: --feed FORMAT:DIR");

    [Test]
    public void Feed_OfAnEncryptedZipArchive_SaysSo()
    {
        var packed = FeedRun.Zip(("day.csv", Samples.Trades(30)));
        packed[DirectoryOf(packed) + FlagsOffset] |= 1;

        Refuses(packed,
            "is a zip archive whose file day.csv is encrypted, expected one without a password. Unpack it with its " +
            "password (unzip PATH) and name what comes out.");
    }

    [TestCase(1)]
    [TestCase(21)]
    [TestCase(22)]
    [TestCase(60)]
    [TestCase(5000)]
    public void Feed_OfACutZipArchive_SaysSo(int bytes)
    {
        var packed = FeedRun.Zip(("day.csv", Samples.Trades(3000)));

        var failure = Failure(packed[..^bytes]);

        Assert.That(failure, Does.Match(
            @"^PATH: is a zip archive without the directory that stands at its end \([^)]+\): it was cut off, " +
            @"expected a whole archive\. Fetch it again\.$"));
    }

    [Test]
    public void Feed_OfAZipArchivePackedAnotherWay_SaysSo()
    {
        var packed = FeedRun.Zip(("day.csv", Samples.Trades(30)));
        packed[DirectoryOf(packed) + MethodOffset] = 99;

        Assert.That(Failure(packed), Does.Match(
            @"^PATH: is a zip archive that cannot be unpacked \([^)]+\), expected a sound one, stored or deflated\. " +
            @"Fetch it again, or unpack it: unzip PATH$"));
    }

    [Test]
    public async Task Feed_OfAZipArchiveWhoseChecksumIsWrong_FeedsItsRowsAndIsNotFinished()
    {
        var packed = FeedRun.Zip(("day.csv", Samples.Trades(700)));
        var checksum = packed.AsSpan(DirectoryOf(packed) + ChecksumOffset);
        var found = BinaryPrimitives.ReadUInt32LittleEndian(checksum);
        BinaryPrimitives.WriteUInt32LittleEndian(checksum, found ^ 1);

        var failure = Failure(packed);

        Assert.That(failure, Is.EqualTo(
            $"PATH: its zip data is damaged after {Samples.Trades(700).Length} unpacked bytes (CRC-32 is {found:x8}, " +
            $"expected {found ^ 1:x8}), expected a sound archive. Fetch it again. The 700 rows before that are fed."));
        Assert.That(_run.Progress.IsCompleted, Is.False);
        Assert.That((await _run.EventsAsync()).Length, Is.EqualTo(700));
    }

    [Test]
    public void Feed_OfAZipArchiveWithLessInItThanItSays_SaysBothLengths()
    {
        var rows = Samples.Trades(30);
        var packed = FeedRun.Zip(("day.csv", rows));
        BinaryPrimitives.WriteInt32LittleEndian(packed.AsSpan(DirectoryOf(packed) + LengthOffset), rows.Length + 1);

        Assert.That(Failure(packed), Does.Contain(
            $"({rows.Length} bytes unpacked, expected {rows.Length + 1}), expected a sound archive. Fetch it again."));
    }

    [Test]
    public void Feed_OfAZipArchiveOfDamagedBytes_NeverFinishesIt()
    {
        var random = new Random(Seed.Next());
        var sound = FeedRun.Zip(("day.csv", Samples.Trades(2000)));
        var end = DirectoryOf(sound);
        for (var round = 0; round < 50; round++)
        {
            using var run = new FeedRun();
            var packed = (byte[])sound.Clone();
            // Behind the file's own header, before the directory: the packed rows.
            packed[random.Next(60, end)] ^= (byte)(1 << random.Next(8));

            var failure = run.Fails<FeedFileException>(
                "binance-trades:" + run.File("BTCUSDT-trades-1.zip", packed));

            Assert.That(failure.Message, Does.Contain("Fetch it again.").Or.Contain("Convert it").Or.Contain("Name "));
            Assert.That(run.Progress.IsCompleted, Is.False);
        }
    }

    [Test]
    public void Crc32_OfAnyBytesInAnyPieces_IsTheChecksumOfTheBitwiseRule()
    {
        var random = new Random(Seed.Next());
        var crc = new Crc32();
        var plain = uint.MaxValue;
        for (var piece = 0; piece < 500; piece++)
        {
            var bytes = new byte[random.Next(50)];
            random.NextBytes(bytes);
            crc.Add(bytes);
            foreach (var next in bytes)
            {
                plain ^= next;
                for (var bit = 0; bit < 8; bit++) plain = (plain & 1) == 0 ? plain >> 1 : (plain >> 1) ^ 0xedb88320;
            }

            Assert.That(crc.Value, Is.EqualTo(~plain));
        }
    }

    [Test]
    public void Crc32_OfThePublishedCheckText_IsThePublishedValue()
    {
        var crc = new Crc32();

        crc.Add("123456789"u8);

        Assert.That(crc.Value, Is.EqualTo(0xcbf43926));
    }

    private static int DirectoryOf(byte[] packed) => packed.AsSpan().LastIndexOf("PK\u0001\u0002"u8);

    private void Refuses(byte[] packed, string message) => Assert.That(Failure(packed), Is.EqualTo($"PATH: {message}"));

    /// <summary>What is said of such an archive, its path written as PATH.</summary>
    private string Failure(byte[] packed)
    {
        var path = _run.File("BTCUSDT-trades-1.zip", packed);
        return _run.Fails<FeedFileException>("binance-trades:" + path).Message
            .Replace(path, "PATH", StringComparison.Ordinal);
    }
}
