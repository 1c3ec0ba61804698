using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Tests.Chaos;

namespace TradeOs.Tests.Bus;

/// <summary>The words of a commit as one argument, and Redis' own Lua reading them.</summary>
[TestFixture]
public sealed class PackedWordsTests
{
    /// <summary>Both sides of every bound of the format's lengths.</summary>
    private static readonly int[] Lengths = [0, 1, 31, 32, 255, 256, 65_535, 65_536, 70_000];

    [Test]
    public void Words_OfEveryLength_ComeBackByteForByte()
    {
        var words = new PackedWords();
        words.Begin(Lengths.Length);
        foreach (var length in Lengths) words.Word(Bytes(length));

        var back = new UnpackedWords(words.Written.ToArray());

        Assert.That(back.Count, Is.EqualTo(Lengths.Length));
        foreach (var length in Lengths) Assert.That(back.Next().ToArray(), Is.EqualTo(Bytes(length)));
        Assert.That(back.IsAtEnd);
    }

    [Test]
    public async Task Words_OfEveryLength_AreWhatRedisUnpacks()
    {
        await using var redis = await TestRedis.StartAsync();
        var words = new PackedWords();
        words.Begin(Lengths.Length);
        foreach (var length in Lengths) words.Word(Bytes(length));
        using var control = await ControlConnection.ConnectAsync(
            new RedisOptions { Endpoint = redis.Endpoint, Mode = RedisMode.External }, CancellationToken.None);

        var answer = (RedisResult[])(await control.ExecuteAsync(
            "EVAL", "return cmsgpack.unpack(ARGV[1])", 0, words.Written.ToArray()))!;

        Assert.That(
            answer.Select(word => (byte[])word!), Is.EqualTo(Lengths.Select(Bytes)));
    }

    [Test]
    public void Begin_Again_ForgetsWhatWasWritten()
    {
        var words = new PackedWords();
        words.Begin(1);
        words.Word("before");
        words.Begin(1);
        words.Word(12);

        var back = new UnpackedWords(words.Written.ToArray());

        Assert.That((back.Count, back.Text(), back.IsAtEnd), Is.EqualTo((1, "12", true)));
    }

    private static byte[] Bytes(int length) =>
        [.. Enumerable.Range(0, length).Select(index => unchecked((byte)(index * 7)))];
}
