using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Bus;

/// <summary>The parser of replies on every split of good bytes and on bytes nobody should send.</summary>
[TestFixture]
public sealed class RespFuzzTests
{
    [Test]
    public void Scan_AnySplitOfAnyReplies_FindsTheSameFrames() => Seed.Check(
        from replies in RespText.Reply.NonEmptyListOf()
        from parts in Gen.Choose(1, 64).NonEmptyListOf()
        select (replies, parts),
        given =>
        {
            var found = Frames([.. given.replies.SelectMany(reply => reply)], given.parts);

            Assert.That(found, Is.EqualTo(given.replies));
        });

    [Test]
    public void Scan_AnyTruncatedReply_NeverCompletes() => Seed.Check(RespText.Reply, reply =>
    {
        for (var length = 0; length < reply.Length; length++)
        {
            var scanner = new RespScanner();
            Assert.That(
                scanner.Scan(reply.AsSpan(0, length)), Is.EqualTo(-1), $"after {length} of {reply.Length} bytes");
        }
    });

    [Test]
    public void Scan_HostileBytes_EndInAFrameOrWaitOrAreRefused() => Seed.Check(
        RespText.Hostile,
        bytes =>
        {
            try
            {
                var scanner = new RespScanner();
                Assert.That(scanner.Scan(bytes), Is.InRange(-1, bytes.Length));
            }
            catch (RespProtocolException refused)
            {
                Assert.That(refused.Message, Does.Contain("cannot be read"));
            }
            catch (ReplyTooLargeException refused)
            {
                Assert.That(refused.Message, Does.Contain("more than 1000000 elements"));
            }
        },
        5000);

    [Test]
    public void Pass_AnySplitOfAReplyTooLarge_EndsWhereTheReplyEnds() => Seed.Check(
        from reply in RespText.Reply
        from next in RespText.Reply
        from scanned in Gen.Choose(0, reply.Length - 1)
        from parts in Gen.Choose(1, 64).NonEmptyListOf()
        select (reply, next, scanned, parts),
        given =>
        {
            byte[] bytes = [.. given.reply, .. given.next];
            var scanner = new RespScanner();
            Assert.That(scanner.Scan(bytes.AsSpan(0, given.scanned)), Is.EqualTo(-1));

            Assert.That(PassedIn(ref scanner, bytes, given.scanned, given.parts), Is.EqualTo(given.reply.Length));
            Assert.That(scanner.Scan(given.next), Is.EqualTo(given.next.Length), "the connection goes on");
        });

    [Test]
    public void Scan_ALineWithoutEnd_IsRefusedAtItsBound()
    {
        var scanner = new RespScanner();
        var bytes = new byte[RespScanner.LineBytesMax + 2];
        Array.Fill(bytes, (byte)'a');
        bytes[0] = (byte)'+';

        Assert.That(scanner.Scan(bytes.AsSpan(0, RespScanner.LineBytesMax)), Is.EqualTo(-1));
        Assert.That(() => scanner.Scan(bytes), Throws.TypeOf<RespProtocolException>());
    }

    [Test]
    public void Cursor_AnyReplyWalkedInAnyWay_EndsOrIsRefused() => Seed.Check(
        from reply in Gen.OneOf(RespText.Reply, RespText.Hostile.Where(IsComplete))
        from steps in Gen.Choose(0, 6).ListOf()
        select (reply, steps),
        given =>
        {
            var cursor = new RespCursor(given.reply);
            try
            {
                foreach (var step in given.steps) Walk(ref cursor, step);
            }
            catch (RespProtocolException refused)
            {
                Assert.That(refused.Message, Does.Contain("cannot be read"));
            }
        },
        5000);

    [Test]
    public void Take_AnyReplyAtAll_GivesEntriesOrIsRefused() => Seed.Check(
        Gen.OneOf(RespText.Reply, RespText.Hostile.Where(IsComplete), Damaged),
        reply =>
        {
            try
            {
                var page = new EntryPage();
                page.Take(new RespCursor(reply), "in"u8);
                foreach (var entry in page.Entries) _ = entry.Fields.ToString();
            }
            catch (RespProtocolException refused)
            {
                Assert.That(refused.Message, Does.Contain("cannot be read"));
            }
        },
        5000);

    [Test]
    public void Take_AnyEntries_GivesThemBack() => Seed.Check(
        (from id in Gen.Choose(0, int.MaxValue)
         from words in RespText.Bytes.Two().ListOf()
         select (id, words)).ListOf(),
        given =>
        {
            var page = new EntryPage();

            page.Take(new RespCursor(RespText.Read([.. given.Select(entry => (
                $"{entry.id}-1",
                entry.words.SelectMany(pair => new[] { pair.Item1, pair.Item2 }).ToArray()))])), "in"u8);

            Assert.That(
                page.Entries.Select(entry => entry.Id.Milliseconds),
                Is.EqualTo(given.Select(entry => (ulong)entry.id)));
            Assert.That(
                page.Entries.Select(entry => Pairs(entry.Fields)),
                Is.EqualTo(given.Select(
                    entry => entry.words.Select(pair => new[] { pair.Item1, pair.Item2 }).ToList())));
        });

    private static Gen<byte[]> Damaged =>
        from place in Gen.Choose(0, 1000)
        from value in Gen.Elements(RespText.Ascii("0123456789-$*:+\r\nx"))
        let reply = RespText.Read(("1-1", [[1], [2]]), ("2-1", [[], [3, 4]]))
        let changed = reply.Select((old, index) => index == place % reply.Length ? value : old).ToArray()
        where IsComplete(changed)
        select changed;

    private static bool IsComplete(byte[] bytes)
    {
        try
        {
            var scanner = new RespScanner();
            return scanner.Scan(bytes) == bytes.Length;
        }
        catch (Exception refused) when (refused is RespProtocolException or ReplyTooLargeException)
        {
            return false;
        }
    }

    private static List<byte[]> Frames(byte[] bytes, List<int> parts)
    {
        var frames = new List<byte[]>();
        var scanner = new RespScanner();
        var (start, end) = (0, 0);
        for (var part = 0; end < bytes.Length; part++)
        {
            end = Math.Min(bytes.Length, end + parts[part % parts.Count]);
            while (scanner.Scan(bytes.AsSpan(start, end - start)) is > 0 and var length)
            {
                frames.Add(bytes[start..(start + length)]);
                start += length;
            }
        }

        return frames;
    }

    private static int PassedIn(ref RespScanner scanner, byte[] bytes, int end, List<int> parts)
    {
        var start = 0;
        for (var part = 0; ; part++)
        {
            start += scanner.Pass(bytes.AsSpan(start, end - start), out var isWhole);
            if (isWhole) return start;
            end = Math.Min(bytes.Length, end + parts[part % parts.Count]);
        }
    }

    private static void Walk(ref RespCursor cursor, int step)
    {
        switch (step)
        {
            case 0: _ = cursor.Array(); break;
            case 1: _ = cursor.Integer(); break;
            case 2: _ = cursor.Line(); break;
            case 3: _ = cursor.Text(); break;
            case 4: _ = cursor.TryValue(out _); break;
            case 5: _ = cursor.Values(2); break;
            default: _ = cursor.IsNil || cursor.IsError || cursor.Rest.IsEmpty; break;
        }
    }

    private static List<byte[][]> Pairs(Fields fields)
    {
        var pairs = new List<byte[][]>();
        foreach (var field in fields) pairs.Add([field.Name.ToArray(), field.Value.ToArray()]);
        return pairs;
    }
}
