using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Host;

namespace TradeOs.Tests.Archive;

/// <summary>Whatever is done to an archive is found.</summary>
[TestFixture]
public sealed class ArchiveVerificationTests
{
    private const int Segments = 4;

    private static IEnumerable<int> Places => Enumerable.Range(0, Segments);

    [Test]
    public async Task Verify_AnArchiveAsWritten_FindsNothing()
    {
        using var archive = Written();

        var report = await archive.VerifyAsync();

        Assert.That(report.Findings, Is.Empty);
        Assert.That((report.Segments, report.Entries, report.Last), Is.EqualTo((Segments, 22L, new EntryId(22, 0))));
        Assert.That(report.Unproven, Is.Empty);
    }

    [Test]
    public async Task Verify_AnyByteFlipped_IsFound()
    {
        using var archive = Written();
        var flips = 0;
        foreach (var path in Directory.GetFiles(archive.Folder.FullPath))
        {
            var bytes = await File.ReadAllBytesAsync(path);
            for (var index = 0; index < bytes.Length; index++, flips++)
            {
                bytes[index] ^= (byte)(1 << (index % 8));
                await File.WriteAllBytesAsync(path, bytes);
                var report = await archive.VerifyAsync();
                bytes[index] ^= (byte)(1 << (index % 8));
                Assert.That(report.Findings, Is.Not.Empty, $"{path} byte {index}");
            }

            await File.WriteAllBytesAsync(path, bytes);
        }

        Assert.That((await archive.VerifyAsync()).Findings, Is.Empty);
        TestContext.Out.WriteLine($"{flips} bytes flipped, each one found");
    }

    [TestCaseSource(nameof(Places))]
    public async Task Verify_ASegmentRemoved_IsFound(int place)
    {
        using var archive = Written();
        var first = archive.Folder.SealedSegments()[place];

        File.Delete(archive.Folder.Sealed(first));
        var withoutSegment = await archive.VerifyAsync();
        File.Delete(archive.Folder.Record(first));
        var withoutBoth = await archive.VerifyAsync();
        var offline = await archive.VerifyAsync(asksRedis: false);

        Assert.That(withoutSegment.Findings.Select(finding => finding.File), Has.Some.EqualTo($"{first}.ndjson.gz"));
        Assert.That(withoutBoth.Findings, Is.Not.Empty);
        Assert.That(offline.Findings, Is.Not.Empty);
    }

    [TestCaseSource(nameof(Places))]
    public async Task Verify_TwoSegmentsSwapped_IsFound(int place)
    {
        using var archive = Written();
        var segments = archive.Folder.SealedSegments();
        var (one, other) = (segments[place], segments[(place + 1) % Segments]);

        Swap(archive.Folder.Sealed(one), archive.Folder.Sealed(other));
        var withoutRecords = await archive.VerifyAsync();
        Swap(archive.Folder.Record(one), archive.Folder.Record(other));
        var withRecords = await archive.VerifyAsync(asksRedis: false);

        Assert.That(withoutRecords.Findings, Is.Not.Empty);
        Assert.That(withRecords.Findings, Is.Not.Empty);
    }

    [TestCaseSource(nameof(Places))]
    public async Task Verify_ASegmentRenamed_IsFound(int place)
    {
        using var archive = Written();
        var first = archive.Folder.SealedSegments()[place];
        foreach (var name in (string[])[$"0{first}", $"{first.Milliseconds}-1", "other"])
        {
            var renamed = Path.Combine(archive.Folder.FullPath, name + ".ndjson.gz");
            File.Move(archive.Folder.Sealed(first), renamed);

            Assert.That((await archive.VerifyAsync()).Findings, Is.Not.Empty, name);
            File.Move(renamed, archive.Folder.Sealed(first));
        }
    }

    [Test]
    public async Task Verify_ASegmentAdded_IsFound()
    {
        using var archive = Written();
        using var other = new WrittenArchive();
        other.Add([30, 31]);
        other.Seal();
        File.Copy(other.Folder.Sealed(new(30, 0)), archive.Folder.Sealed(new(30, 0)));
        File.Copy(other.Folder.Record(new(30, 0)), archive.Folder.Record(new(30, 0)));

        var report = await archive.VerifyAsync(asksRedis: false);

        Assert.That(report.Findings.Select(finding => finding.File), Has.Some.EqualTo("30-0.ndjson.gz"));
    }

    /// <summary>Only Redis can tell that; without it the report says that it cannot.</summary>
    [Test]
    public async Task Verify_TheNewestRemovedAndTheHeadMadeToFit_IsFoundWithRedisOnly()
    {
        using var archive = Written();
        var last = archive.Folder.SealedSegments()[^1];
        var (previous, digest) = new ArchiveEntries(archive.Folder).RecordOf(archive.Folder.SealedSegments()[^2]);
        foreach (var path in (string[])[archive.Folder.Sealed(last), archive.Folder.Record(last)]) File.Delete(path);
        var head = archive.Archived.Head with
        {
            Segments = Segments - 1, Segment = previous.First, Record = digest, Last = previous.Last,
            Number = previous.LastNumber,
        };
        archive.Folder.Write(archive.Folder.HeadPath, ArchiveJson.ToFile(head));

        var asked = await archive.VerifyAsync();
        var offline = await archive.VerifyAsync(asksRedis: false);

        Assert.That(asked.Findings, Has.One.Matches<ArchiveFinding>(
            finding => finding.Wrong.StartsWith("Redis says that 4 segments", StringComparison.Ordinal)));
        Assert.That(offline.Findings, Is.Empty);
        Assert.That(offline.Unproven, Has.Some.Contains("only Redis knows"));
    }

    [Test]
    public async Task Verify_TheOpenSegmentRemoved_IsFound()
    {
        using var archive = Written();
        File.Delete(archive.Folder.Open(new(21, 0)));

        Assert.That((await archive.VerifyAsync()).Findings.Single().File, Is.EqualTo("21-0.ndjson.gz.open"));
    }

    /// <summary>Four sealed segments of five entries, and an open one of two.</summary>
    private static WrittenArchive Written()
    {
        var archive = new WrittenArchive();
        for (var segment = 0; segment < Segments; segment++)
        {
            archive.Add(Enumerable.Range((5 * segment) + 1, 2));
            archive.Add(Enumerable.Range((5 * segment) + 3, 3));
            archive.Seal();
        }

        archive.Add([21, 22]);
        return archive;
    }

    private static void Swap(string one, string other)
    {
        File.Move(one, one + ".x");
        File.Move(other, one);
        File.Move(one + ".x", other);
    }
}
