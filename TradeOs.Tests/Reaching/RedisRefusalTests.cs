using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Reaching;

/// <summary>What is made of each error of a server that does not let us in.</summary>
[TestFixture]
public sealed class RedisRefusalTests
{
    [TestCase("NOAUTH Authentication required.",
        "Redis at host:1 wants a password, found none in Redis:Password: NOAUTH Authentication required. Set " +
        "Redis:Password, or the environment variable TRADEOS_Redis__Password, to the password of Redis' 'default' " +
        "user.")]
    [TestCase("WRONGPASS invalid username-password pair or user is disabled.",
        "Redis at host:1 did not accept Redis:Password: WRONGPASS invalid username-password pair or user is " +
        "disabled. Set Redis:Password, or the environment variable TRADEOS_Redis__Password, to the password of " +
        "Redis' 'default' user.")]
    [TestCase("ERR AUTH <password> called without any password configured for the default user.",
        "Redis at host:1 needs no password, expected it to check the one in Redis:Password: ERR AUTH <password> " +
        "called without any password configured for the default user. Anybody could use it. Give its 'default' user " +
        "that password (ACL SETUSER default on resetpass >...), or set Redis:Password to \"\".")]
    [TestCase("NOPERM this user has no permissions to run the 'xadd' command",
        "Redis at host:1 refused us: NOPERM this user has no permissions to run the 'xadd' command. Permit it: ACL " +
        "SETUSER default +xadd")]
    [TestCase("READONLY You can't write against a read only replica.",
        "Redis at host:1 is a replica and takes no writes: READONLY You can't write against a read only replica. " +
        "Point Redis:Endpoint at the primary; or, if this server is to be the primary, run REPLICAOF NO ONE.")]
    [TestCase("NOREPLICAS Not enough good replicas to write.",
        "Redis at host:1 takes no writes without its replicas: NOREPLICAS Not enough good replicas to write. Run " +
        "CONFIG SET min-replicas-to-write 0: the append-only file is what keeps the data.")]
    [TestCase("DENIED Redis is running in protected mode.",
        "Redis at host:1 is in protected mode: DENIED Redis is running in protected mode. Give its 'default' user a " +
        "password, and Redis:Password too.")]
    [TestCase("ERR max number of clients reached",
        "Redis at host:1 did not let us in: ERR max number of clients reached. Look at its configuration and log.")]
    public void Of_EachError_SaysWhatItMeansAndTheNextMove(string error, string message) =>
        Assert.That(RedisRefusal.Of("host:1", error).Message, Is.EqualTo(message));
}
