using System.Text;
using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Bus;

/// <summary>Only a server that says so has lost a stream.</summary>
[TestFixture]
public sealed class StreamFactsTests
{
    [TestCase("-ERR no such key", typeof(StreamDamagedException))]
    [TestCase("-WRONGTYPE Operation against a key holding the wrong kind of value", typeof(StreamDamagedException))]
    [TestCase("-BUSY Redis is busy running a script. You can only call SCRIPT KILL", typeof(BusUnavailableException))]
    [TestCase("-MASTERDOWN Link with MASTER is down", typeof(BusUnavailableException))]
    [TestCase("-NOPERM this user has no permissions to run the 'xinfo|stream' command", typeof(RefusedException))]
    public void Of_AnError_IsWhatItSays(string error, Type expected) => Assert.That(
        () => StreamFacts.Of(new RespCursor(Encoding.ASCII.GetBytes(error + "\r\n")), "market_data.raw"),
        Throws.TypeOf(expected));
}
