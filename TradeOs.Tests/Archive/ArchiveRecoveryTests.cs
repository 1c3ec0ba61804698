using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Host;

namespace TradeOs.Tests.Archive;

/// <summary>A crash between any two steps, and files that are not what Redis says.</summary>
[TestFixture]
public sealed class ArchiveRecoveryTests
{
    private static readonly int[] First = [.. Enumerable.Range(1, 5)];
    private static readonly int[] Second = [.. Enumerable.Range(6, 5)];

    /// <summary>Record, name and head are written in this order; the commit comes last.</summary>
    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public async Task Open_AfterACrashInSealing_SealsOrGoesOnAndLosesNothing(int steps)
    {
        using var archive = new WrittenArchive();
        archive.Add(First);
        archive.Seal();
        archive.Add(Second);
        var (open, sealed_) = (archive.Folder.Open(new(6, 0)), archive.Folder.Sealed(new(6, 0)));
        var (record, head) = (archive.Folder.Record(new(6, 0)), File.ReadAllBytes(archive.Folder.HeadPath));
        archive.SealWithoutCommit();
        if (steps < 3) File.WriteAllBytes(archive.Folder.HeadPath, head);
        if (steps < 2) File.Move(sealed_, open);
        if (steps < 1) File.Delete(record);

        var before = archive.Archived;
        var state = new Dictionary<string, string>(archive.State);
        archive.Close();
        archive.State.Clear();
        foreach (var (key, value) in state) archive.State[key] = value;
        archive.Open();
        archive.Add([11]);
        archive.Seal();

        Assert.That(before.Open!.First, Is.EqualTo(new EntryId(6, 0)));
        Assert.That(Numbers(archive), Is.EqualTo(Enumerable.Range(1, 11)));
        Assert.That((await archive.VerifyAsync()).Findings, Is.Empty);
        Assert.That(archive.Archived.Head.Segments, Is.EqualTo(steps < 2 ? 2 : 3));
    }

    [Test]
    public async Task Open_BehindATornMember_CutsItOffAndTheEntriesComeAgain()
    {
        using var archive = new WrittenArchive();
        archive.Add(First);
        var path = archive.Folder.Open(new(1, 0));
        var committed = new FileInfo(path).Length;
        archive.Flush(Second);
        archive.Close();
        var whole = File.ReadAllBytes(path);
        Assert.That(whole.Length, Is.GreaterThan(committed));
        var state = new Dictionary<string, string>(archive.State);
        for (var length = committed; length <= whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..(int)length]);
            archive.State.Clear();
            foreach (var (key, value) in state) archive.State[key] = value;
            archive.Count = First.Length;
            archive.Open();
            archive.Add(Second);

            Assert.That(Numbers(archive), Is.EqualTo(Enumerable.Range(1, 10)), $"cut at {length}");
            Assert.That((await archive.VerifyAsync()).Findings, Is.Empty);
            archive.Close();
        }
    }

    [Test]
    public void Open_ASegmentNobodyCommitted_RemovesIt()
    {
        using var archive = new WrittenArchive();
        archive.Flush(First);
        archive.Close();
        Assert.That(archive.Folder.OpenSegments(), Has.Count.EqualTo(1));

        archive.Open();

        Assert.That(archive.Folder.OpenSegments(), Is.Empty);
        Assert.That(archive.Entries, Is.Empty);
    }

    [Test]
    public void Open_AFileShorterOrOther_IsDamage()
    {
        using var archive = new WrittenArchive();
        archive.Add(First);
        archive.Close();
        var path = archive.Folder.Open(new(1, 0));
        var whole = File.ReadAllBytes(path);

        File.WriteAllBytes(path, whole[..^1]);
        Assert.That(archive.Open, Throws.TypeOf<StreamDamagedException>()
            .With.Message.Contains($"expected at least {whole.Length}"));
        whole[^9] ^= 1;
        File.WriteAllBytes(path, whole);
        Assert.That(archive.Open, Throws.TypeOf<StreamDamagedException>().With.Message.Contains("SHA-256"));
    }

    [Test]
    public void Open_FilesThatAreGone_IsRefusedAndNamesThem()
    {
        using var archive = new WrittenArchive();
        archive.Add(First);
        archive.Seal();
        archive.Add(Second);
        archive.Close();

        File.Delete(archive.Folder.Open(new(6, 0)));
        Assert.That(archive.Open, Throws.TypeOf<RefusedException>().With.Message.Contains(".open is gone"));
        File.Delete(archive.Folder.HeadPath);
        Assert.That(archive.Open, Throws.TypeOf<RefusedException>().With.Message.Contains("head.json is gone"));
        Directory.Delete(archive.Folder.FullPath, recursive: true);
        Assert.That(archive.Open, Throws.TypeOf<RefusedException>()
            .With.Message.Contains("is gone").And.Message.Contains("Streams:fills:Archive=false"));
    }

    [Test]
    public void Open_MoreFilesThanRedisKnows_IsRefused()
    {
        using var archive = new WrittenArchive();
        archive.Add(First);
        archive.Seal();
        var state = new Dictionary<string, string>(archive.State);
        archive.Add(Second);
        archive.Seal();
        archive.Close();

        archive.State.Clear();
        foreach (var (key, value) in state) archive.State[key] = value;
        Assert.That(archive.Open, Throws.TypeOf<RefusedException>().With.Message.Contains("not of one time"));
        archive.State.Clear();
        Assert.That(archive.Open, Throws.TypeOf<RefusedException>().With.Message.Contains("knows nothing of"));
    }

    [Test]
    public async Task Open_AfterItWasForgotten_GoesOnInTheChainAndSkipsWhatItHas()
    {
        using var archive = new WrittenArchive();
        archive.Add(First);
        archive.Forget();

        archive.Count = 2;
        archive.Open();
        archive.Add([3, 4, 5, 6, 7]);
        archive.Seal();

        Assert.That(Numbers(archive), Is.EqualTo(Enumerable.Range(1, 7)));
        var report = await archive.VerifyAsync();
        Assert.That(report.Findings, Is.Empty);
        Assert.That(report.Notes, Is.Empty);
    }

    [Test]
    public async Task Open_AfterEntriesWereTrimmedMeanwhile_TheRecordSaysWhich()
    {
        using var archive = new WrittenArchive();
        archive.Add(First);
        archive.Forget();

        archive.Count = 7;
        archive.Open();
        archive.Add([8, 9]);
        archive.Seal();

        var report = await archive.VerifyAsync();
        Assert.That(report.Findings, Is.Empty);
        Assert.That(report.Notes, Has.One.Contains("Entries 6 to 7 of fills were never archived"));
    }

    [Test]
    public void Take_OfAStreamMadeAnew_IsRefused()
    {
        using var archive = new WrittenArchive();
        archive.Add(First);
        archive.Forget();

        archive.Count = 0;
        archive.Open();

        Assert.That(() => archive.Add([9]), Throws.TypeOf<RefusedException>().With.Message.Contains("made anew"));
    }

    private static IEnumerable<int> Numbers(WrittenArchive archive) => archive.Entries.Select(entry =>
    {
        Assert.That(entry.Fields.ToString(), Is.EqualTo($"n={entry.Id.Milliseconds}"));
        return (int)entry.Id.Milliseconds;
    });
}
