using System.Net.Sockets;
using System.Text;
using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Stages;
using TradeOs.Tests.EndToEnd;

namespace TradeOs.Tests.Doctor;

/// <summary>Data that is not whole: what a pipeline left behind is damaged by hand, found, and cured.</summary>
[TestFixture]
[NonParallelizable]
public sealed class DataFindingTests : DoctorFixture
{
    private const string Restore = "Restore the data of this server; the pipeline stops rather than go on without it.";

    private readonly TemporaryDirectory _data = new();
    private RedisServerProcess _server = null!;

    [OneTimeSetUp]
    public async Task RunPipelineAsync()
    {
        _server = await RedisServerProcess.StartAsync();
        var result = await RealDataTests.RunAsync(_server, _data, "simulated:count=3000,rate=max", Archives.Off);
        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(Codes(await ExamineAsync()), Is.Empty, "what a run leaves behind is whole");
    }

    [OneTimeTearDown]
    public async Task StopServerAsync()
    {
        await _server.DisposeAsync();
        _data.Dispose();
    }

    [TestCase(RedisKeys.Readers, "list", "set")]
    [TestCase(RedisKeys.Host, "list", "hash")]
    [TestCase(RedisKeys.Control, "list", "string")]
    [TestCase(RedisKeys.Sealed, "list", "string")]
    [Produces("key-type")]
    public async Task Examine_AKeyOfAnotherType_IsFoundAndCured(string key, string type, string expected)
    {
        await _server.CliAsync("DEL", key);
        await _server.CliAsync("LPUSH", key, "x");

        var found = Only(await ExamineAsync(), "key-type");
        await CureAsync(_server, found);

        Assert.That(found.Wrong, Is.EqualTo($"{key} is \"a {type}\", expected a {expected}, or nothing"));
        Assert.That(found.Cure, Does.StartWith($"Run `DEL {key}`"));
        Assert.That(Codes(await ExamineAsync()), Is.Empty);
        Assert.That(
            (await _server.CliAsync("SMEMBERS", RedisKeys.Readers)).Split('\n'),
            Is.EquivalentTo(Topology.Readers.Select(reader => reader.Name)), "every reader is remembered again");
    }

    [TestCase("tradeos:checkpoint:feed")]
    [TestCase("tradeos:state:execution")]
    public async Task Examine_AHashOfOursOfAnotherType_AsksForTheData(string key) => await WithoutAsync(key, async () =>
    {
        await _server.CliAsync("SET", key, "x");

        var found = Only(await ExamineAsync(), "key-type");

        Assert.That(found.ToString(), Is.EqualTo(
            $"{key} is \"a string\", expected a hash, or nothing: Nothing of ours writes that. Restore the data of " +
            "this server."));
    });

    [Test]
    [Produces("instance")]
    public async Task Examine_AnotherInstanceInRedis_NamesBothIds()
    {
        var ours = await _server.CliAsync("GET", RedisKeys.Instance);
        await _server.CliAsync("SET", RedisKeys.Instance, "another");

        var found = Only(await ExamineAsync(), "instance");

        await _server.CliAsync("SET", RedisKeys.Instance, ours);

        Assert.That(found.ToString(), Is.EqualTo(
            $"tradeos:instance is \"another\", expected {ours}, as in {_data["instance.json"]}: They belong to " +
            "two installations: point Data:Directory and Redis:Endpoint at the pair that belongs together, restore " +
            "the data, or start once with --adopt to take this server as it is."));
    }

    [Test]
    public async Task Examine_NoInstanceInRedis_SaysThatItWasEmptiedAndAdoptingCuresIt()
    {
        await _server.CliAsync("DEL", RedisKeys.Instance);

        var found = Only(await ExamineAsync(), "instance");
        var adopted = await RealDataTests.RunAsync(_server, _data, "none", [.. Archives.Off, "--adopt"]);

        Assert.That(found.Wrong, Does.Match("^tradeos:instance is \"\\(none\\)\", expected [0-9a-f]{32}, as in /"));
        Assert.That(found.Cure, Does.StartWith("It was emptied, or it is another server: point "));
        Assert.That(adopted.ExitCode, Is.Zero, adopted.ToString());
        Assert.That(Codes(await ExamineAsync()), Is.Empty);
    }

    [Test]
    public async Task Examine_ADataDirectoryWithoutOrWithABrokenFile_SaysSo()
    {
        using var empty = new TemporaryDirectory();

        var absent = Only(await ExamineAsync(_server, empty.Path), "instance");
        await File.WriteAllTextAsync(empty["instance.json"], "{");
        var broken = Only(await ExamineAsync(_server, empty.Path), "instance");

        Assert.That(absent.Expected, Is.EqualTo($"none, because {empty["instance.json"]} is absent"));
        Assert.That(absent.Cure, Does.StartWith("It belongs to another data directory, or this one was lost: point "));
        Assert.That(broken.ToString(), Does.StartWith(
            $"{empty["instance.json"]} is \"not readable\", expected the id of this installation: ").And
            .Contain("Restore it from a backup"));
    }

    [TestCase("tradeos:host")]
    [TestCase("tradeos:feasibility")]
    [Produces("second-host")]
    public async Task Examine_AConnectionAtThePlaceOfAnother_IsFoundAndKilled(string name)
    {
        using var stranger = new TcpClient("127.0.0.1", _server.Port);
        await stranger.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"CLIENT SETNAME {name}\r\n"));
        await Poll.UntilAsync(async () => (await _server.CliAsync("CLIENT", "LIST"))
            .Contains($"name={name} ", StringComparison.Ordinal));

        var found = Only(await ExamineAsync(), "second-host");
        await CureAsync(_server, found);

        Assert.That(found.ToString(), Does.Match(
            $"^CLIENT LIST is \"connection [0-9]+ from 127.0.0.1:[0-9]+ at {name}, the place of another\", expected " +
            "one host on this server: It can write nothing, but somebody started it: find its process by the " +
            "address, stop it, or run `CLIENT KILL ID [0-9]+`.$"));
        Assert.That(Codes(await ExamineAsync()), Is.Empty);
    }

    [Test]
    [Produces("checkpoint-missing")]
    public async Task Examine_ACheckpointGone_IsFatal() => await WithoutAsync("tradeos:checkpoint:feed", async () =>
        Assert.That(Only(await ExamineAsync(), "checkpoint-missing").ToString(), Is.EqualTo(
            "tradeos:checkpoint:feed is \"nothing\", expected the checkpoint of feed, which was opened before: " +
            Restore)));

    [TestCase("count", "many", "a whole number")]
    [TestCase("position", "5", "an id such as 1732-0")]
    [Produces("checkpoint-unreadable")]
    public async Task Examine_ACheckpointThatCannotBeRead_NamesTheField(string field, string value, string expected)
    {
        const string key = "tradeos:checkpoint:execution";
        var before = await _server.CliAsync("HGET", key, field);
        await _server.CliAsync("HSET", key, field, value);

        var found = Only(await ExamineAsync(), "checkpoint-unreadable");
        await _server.CliAsync("HSET", key, field, before);

        Assert.That(
            found.ToString(), Is.EqualTo($"{key} field {field} is \"{value}\", expected {expected}: {Restore}"));
        Assert.That(Codes(await ExamineAsync()), Is.Empty);
    }

    [Test]
    [Produces("state-version")]
    public async Task Examine_StateOfAnotherVersion_SaysWhoCanReadIt()
    {
        await _server.CliAsync("HSET", "tradeos:checkpoint:execution", "state", "99");

        var found = Only(await ExamineAsync(), "state-version");
        await _server.CliAsync("HSET", "tradeos:checkpoint:execution", "state", "1");

        Assert.That(found.ToString(), Is.EqualTo(
            "tradeos:checkpoint:execution field state is \"99\", expected 2: Run the program version that wrote it, " +
            "or start on an empty data directory and feed the recorded input again."));
    }

    [Test]
    [Produces("stream-missing")]
    public async Task Examine_AStreamGone_NamesWhoUsesIt() => await WithoutAsync(StreamNames.Fills, async () =>
        Assert.That(Only(await ExamineAsync(), "stream-missing").ToString(), Is.EqualTo(
            "fills is \"nothing\", expected the stream that execution, outcome-tracker use: " + Restore)));

    [Test]
    [Produces("stream-type")]
    public async Task Examine_AStreamOfAnotherType_NamesIt() => await WithoutAsync(StreamNames.Fills, async () =>
    {
        await _server.CliAsync("SET", StreamNames.Fills, "x");

        Assert.That(Only(await ExamineAsync(), "stream-type").ToString(), Is.EqualTo(
            "fills is \"a string\", expected a stream: Nothing of ours writes that: find the program that did. " +
            Restore));
    });

    [Test]
    [Produces("largest-id")]
    public async Task Examine_AStreamThatCanTakeNoMore_IsFatal() => await WithoutAsync("dead.letters", async () =>
    {
        const string largest = "18446744073709551615-18446744073709551615";
        await _server.CliAsync("XADD", "dead.letters", largest, "a", "b");

        Assert.That(Only(await ExamineAsync(), "largest-id").ToString(), Is.EqualTo(
            $"dead.letters is \"{largest}\", expected an id that another can follow: Somebody appended the largest " +
            "id " +
            "there is, and nothing can be appended any more. " + Restore));
    });

    private Task<Examination> ExamineAsync() => ExamineAsync(_server, _data.Path);

    /// <summary>Puts a key aside, and back afterwards; then all must be well again.</summary>
    private async Task WithoutAsync(string key, Func<Task> test)
    {
        await _server.CliAsync("RENAME", key, "aside");
        try
        {
            await test();
        }
        finally
        {
            await _server.CliAsync("RENAME", "aside", key);
        }

        Assert.That(Codes(await ExamineAsync()), Is.Empty);
    }
}
