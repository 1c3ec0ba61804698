using System.Text;
using NUnit.Framework;
using TradeOs.Host;

namespace TradeOs.Tests.ManagedServers;

/// <summary>A tail cut short may be dropped; damage in the middle may not.</summary>
public sealed class TornTailTests
{
    private const string Set = "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$2\r\n\r\n\r\n";
    private const string Multi = "*1\r\n$5\r\nMULTI\r\n";
    private const string Exec = "*1\r\n$4\r\nEXEC\r\n";

    [Test]
    public void Tail_CutAtEveryByteOfATransaction_IsTorn()
    {
        var bytes = Encoding.ASCII.GetBytes(Multi + Set + Set + Exec);

        for (var length = 0; length < bytes.Length; length++)
            Assert.That(TornTail.IsTorn(bytes.AsSpan(0, length)), Is.True, $"cut at {length}");
    }

    [TestCase(Multi + Set + Exec, Description = "a finished transaction")]
    [TestCase("*1\r\n$5\r\nMULTX\r\n" + Set + Exec, Description = "damage in a word, and a transaction behind it")]
    [TestCase("*3\r\n$3\r\nSEXX\n" + Set, Description = "a line end destroyed")]
    [TestCase("XX\r\n" + Set, Description = "no command at all")]
    [TestCase("*3\r\n$3XSET\r\n", Description = "a length destroyed")]
    [TestCase("*3\r\n3\r\nSET\r\n", Description = "a sign destroyed")]
    [TestCase("*99999999999999999999\r\n", Description = "a number no server writes")]
    [TestCase("*3\r\n$3\r\nSET\r\n$99\r\na\r\n" + Set, Description = "a length damaged to reach behind the end")]
    public void Tail_DamagedOrFinished_IsNotTorn(string tail) =>
        Assert.That(TornTail.IsTorn(Encoding.ASCII.GetBytes(tail)), Is.False);

    [TestCase("\0\0\0\0")]
    [TestCase(Multi + "*3\r\n$3\r\nSE\0\0\0\0\0\0")]
    [TestCase("*3\r\n$3\r\nSET\r\n$1\r\na\r\n$30\r\na * b\r\n*12\r\nand text", Description = "text like a command")]
    public void Tail_FollowedByZerosOfThePreparedDisk_IsTorn(string tail) =>
        Assert.That(TornTail.IsTorn(Encoding.ASCII.GetBytes(tail)), Is.True);
}
