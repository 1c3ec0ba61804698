using System.ComponentModel.DataAnnotations;
using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Reaching;

/// <summary>The forms an endpoint is written in, and what is said of others.</summary>
[TestFixture]
public sealed class RedisEndpointTests
{
    [TestCase("127.0.0.1:6379", RedisTransport.Tcp, "127.0.0.1", 6379, "", true)]
    [TestCase("redis.example:6380", RedisTransport.Tcp, "redis.example", 6380, "", false)]
    [TestCase("localhost:65535", RedisTransport.Tcp, "localhost", 65535, "", true)]
    [TestCase("[::1]:6379", RedisTransport.Tcp, "::1", 6379, "", true)]
    [TestCase("redis://host:1", RedisTransport.Tcp, "host", 1, "", false)]
    [TestCase("redis://host:1/0", RedisTransport.Tcp, "host", 1, "", false)]
    [TestCase("rediss://[2001:db8::7]:6379/", RedisTransport.Tls, "2001:db8::7", 6379, "", false)]
    [TestCase("rediss://localhost:6379", RedisTransport.Tls, "localhost", 6379, "", true)]
    [TestCase("unix:/run/redis.sock", RedisTransport.Unix, "", 0, "/run/redis.sock", true)]
    [TestCase("unix:///run/a b.sock", RedisTransport.Unix, "", 0, "/run/a b.sock", true)]
    public void Parse_EveryForm_IsTakenApart(
        string text, RedisTransport transport, string host, int port, string path, bool isLocal)
    {
        var endpoint = RedisEndpoint.Parse(text);

        Assert.That(
            (endpoint.Transport, endpoint.Host, endpoint.Port, endpoint.Path, endpoint.IsLocal),
            Is.EqualTo((transport, host, port, path, isLocal)));
    }

    [TestCase("", "it names no port, or no host before it. Write e.g. 127.0.0.1:6379.")]
    [TestCase("6379", "it names no port, or no host before it")]
    [TestCase(":6379", "it names no port, or no host before it")]
    [TestCase("redis://host", "it names no port, or no host before it")]
    [TestCase("my host:6379", "it names no port, or no host before it")]
    [TestCase("host:0", "a port is from 1 to 65535")]
    [TestCase("host:65536", "a port is from 1 to 65535")]
    [TestCase("::1:6379", "an IPv6 address stands in brackets. Write e.g. [::1]:6379.")]
    [TestCase("[nonsense]:6379", "[nonsense] is no IPv6 address")]
    [TestCase("http://host:6379", "http:// is none of them. Write e.g. redis://host:6379.")]
    [TestCase("redis://host:6379/1", "must not name a database or anything else behind the port, found \"/1\"")]
    [TestCase("redis://host:6379?ssl=true", "found \"?ssl=true\"")]
    [TestCase("unix:redis.sock", "the path of a unix socket starts at the root")]
    [TestCase("unix:", "the path of a unix socket starts at the root")]
    [TestCase("redis://:secret@host:6379", "must not hold a user or password, which would show in logs")]
    [TestCase("secret@host:6379", "TRADEOS_Redis__Password; the user is always Redis' 'default'.")]
    public void Parse_AnythingElse_SaysWhatIsWrongAndWhatToWrite(string text, string message)
    {
        var error = Assert.Throws<FormatException>(() => RedisEndpoint.Parse(text));

        Assert.That(error!.Message, Does.Contain(message));
        Assert.That(error.Message, Does.Contain(RedisEndpoint.Forms).Or.StartsWith("must not "));
        Assert.That(error.Message, Does.Not.Contain("secret"));
    }

    [Test]
    public void Parse_APathNoSocketCanHave_IsSaidWithItsLimit()
    {
        var error = Assert.Throws<FormatException>(() => RedisEndpoint.Parse("unix:/" + new string('a', 107)));

        Assert.That(error!.Message, Does.Contain("at most 107 bytes").And.Contain("set unixsocket in redis.conf"));
        Assert.That(RedisEndpoint.Parse("unix:/" + new string('a', 106)).Path, Has.Length.EqualTo(107));
    }

    [TestCase("redis://user:secret@host:6379", "redis://***@host:6379")]
    [TestCase("user:sec@ret@host:6379", "***@host:6379")]
    [TestCase("rediss://se/cr:et@host:6379", "rediss://***@host:6379")]
    [TestCase("user:http://x@host:1", "***@host:1")]
    [TestCase("host:6379", "host:6379")]
    public void Masked_ShowsNoPassword(string text, string shown) =>
        Assert.That(RedisEndpoint.Masked(text), Is.EqualTo(shown));

    [TestCase("rediss://host:1", "", "cert.pem", "", "TlsKeyFile must name the key of Redis:TlsCertificateFile.")]
    [TestCase("rediss://host:1", "", "", "k.pem", "TlsCertificateFile must name the certificate of Redis:TlsKeyFile.")]
    [TestCase("host:1", "ca.pem", "", "", "TlsCaFile must be empty with Redis:Endpoint host:1, which does not use TLS")]
    [TestCase("unix:/a", "", "c.pem", "k.pem", "TlsCertificateFile must be empty with Redis:Endpoint unix:/a")]
    public void Validate_TlsFilesThatDoNotFit_AreNamed(
        string endpoint, string authority, string certificate, string key, string message)
    {
        var options = new RedisOptions
        {
            Endpoint = endpoint, TlsCaFile = authority, TlsCertificateFile = certificate, TlsKeyFile = key,
        };

        var problems = options.Validate(new ValidationContext(options)).Select(problem => problem.ErrorMessage);

        Assert.That(problems, Has.Some.Contains(message));
    }

    [TestCase("unix:/run/redis.sock")]
    [TestCase("rediss://localhost:6379")]
    public void Validate_ManagedServerThatCouldNotListenThere_IsRefusedWithBothWaysOut(string endpoint)
    {
        var options = new RedisOptions { Endpoint = endpoint, Mode = RedisMode.Managed };

        var problem = options.Validate(new ValidationContext(options)).Single().ErrorMessage;

        Assert.That(problem, Does.Contain("Endpoint must be host:port with Redis:Mode Managed")
            .And.Contain("127.0.0.1:6379, or set Redis:Mode to External"));
    }
}
