using System.Text;
using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Reaching;

/// <summary>What newer servers, and Valkey, answer beside what 7.0 does is passed over.</summary>
[TestFixture]
public sealed class NewerServerTests
{
    [Test]
    public void StreamFacts_FieldsOfEveryKindBetweenThoseReadHere_ArePassedOver()
    {
        const string reply =
            "*16\r\n$6\r\nlength\r\n:3\r\n$3\r\nnew\r\n*2\r\n:1\r\n*1\r\n$1\r\na\r\n$3\r\nnil\r\n$-1\r\n" +
            "$4\r\nnone\r\n*-1\r\n$4\r\nword\r\n+text\r\n$20\r\nmax-deleted-entry-id\r\n$3\r\n7-1\r\n" +
            "$3\r\nmap\r\n*0\r\n$13\r\nentries-added\r\n:9\r\n";

        var facts = StreamFacts.Of(new RespCursor(Encoding.ASCII.GetBytes(reply)), "in");

        Assert.That((facts.Length, facts.Added, facts.DeletedMax), Is.EqualTo((3, 9, EntryId.Parse("7-1"))));
    }

    /// <summary>As Valkey 8 answers INFO server.</summary>
    [Test]
    public void Durability_AValkey_IsJudgedByTheRedisVersionItReports()
    {
        var values = new Dictionary<string, string>
        {
            ["redis_version"] = "7.2.4", ["server_name"] = "valkey", ["valkey_version"] = "8.0.1",
            ["redis_mode"] = "standalone", ["server_mode"] = "standalone", ["role"] = "master", ["loading"] = "0",
            ["aof_enabled"] = "1", ["aof_last_write_status"] = "ok", ["aof_last_bgrewrite_status"] = "ok",
        };

        var examination = new Examination();
        DurabilityCheck.Judge(FieldRules.All, ServerFacts.Empty with { Fields = values }, examination);

        Assert.That(examination.Findings, Is.Empty);
    }
}
