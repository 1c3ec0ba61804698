using NUnit.Framework;
using TradeOs.Bus;
using static TradeOs.Bus.FindingSeverity;

namespace TradeOs.Tests.Doctor;

/// <summary>Each wrong setting, on a real server, and its cure typed as it is written.</summary>
[TestFixture]
public sealed class SettingFindingTests : DoctorFixture
{
    private const string NoFile = ", and put it into the arguments it is started with";

    private readonly TemporaryDirectory _data = new();

    [OneTimeTearDown]
    public void RemoveData() => _data.Dispose();

    [Test]
    public async Task Examine_AServerAsTheDocumentSays_FindsNothingNotEvenANote()
    {
        var document = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "DOCTOR.md"));
        var configuration = document.Split("```conf\n")[1].Split("```")[0].TrimEnd().Split('\n');
        await using var server = await RedisServerProcess.StartFromFileAsync(
            [.. configuration.Where(line => !line.StartsWith("dir ", StringComparison.Ordinal))]);

        var examination = await ExamineAsync(server, _data.Path);

        Assert.That(examination.Findings, Is.Empty);
        Assert.That(examination.IsHealthy, Is.True);
        Assert.That(examination.Passed.Concat(examination.Skipped.Select(skipped => skipped.Check)),
            Is.EquivalentTo(Checks.All));
    }

    [Produces("appendfsync")]
    [Produces("no-appendfsync-on-rewrite")]
    [Produces("maxmemory-policy")]
    [Produces("save")]
    [Produces("bind")]
    [Produces("min-replicas")]
    [TestCase(
        "appendfsync", Fatal, "appendfsync", "everysec", "appendfsync is \"everysec\", expected always: " +
        "Run `CONFIG SET appendfsync always`" + NoFile + ".")]
    [TestCase(
        "appendfsync", Fatal, "appendfsync", "no", "appendfsync is \"no\", expected always: " +
        "Run `CONFIG SET appendfsync always`" + NoFile + ".")]
    [TestCase(
        "no-appendfsync-on-rewrite", Fatal, "no-appendfsync-on-rewrite", "yes",
        "no-appendfsync-on-rewrite is \"yes\", expected no: Run `CONFIG SET no-appendfsync-on-rewrite no`" + NoFile +
        ".")]
    [TestCase(
        "maxmemory-policy", Fatal, "maxmemory-policy", "allkeys-lru", "maxmemory-policy is \"allkeys-lru\", expected " +
        "noeviction: Run `CONFIG SET maxmemory-policy noeviction`" + NoFile +
        ". Any other policy drops whole streams.")]
    [TestCase(
        "save", Warning, "save", "3600 1", "save is \"3600 1\", expected an empty value: Run `CONFIG SET save \"\"`" +
        NoFile + ": a running snapshot delays the rewrite after a restart, and one that fails makes the server " +
        "refuse every write.")]
    [TestCase(
        "bind", Warning, "bind", "127.0.0.1 -203.0.113.9", "bind is \"127.0.0.1 -203.0.113.9\", expected loopback " +
        "addresses only: Run `CONFIG SET bind \"127.0.0.1 -::1\"`" + NoFile + "; or set a password and accept the " +
        "network with Redis:AllowNetwork=true.")]
    [TestCase(
        "min-replicas", Fatal, "min-replicas-to-write", "1",
        "min-replicas-to-write is \"1\", expected no more than the replicas that are connected: Nothing is written " +
        "while replicas are away: bring them back, or run " +
        "`CONFIG SET min-replicas-to-write 0`" + NoFile + ".")]
    public async Task Examine_AWrongSetting_IsFoundAndTheCureAsWrittenCuresIt(
        string code, FindingSeverity severity, string setting, string wrong, string message)
    {
        await using var server = await RedisServerProcess.StartAsync("--" + setting, wrong);

        var found = await ExamineAsync(server, _data.Path);
        await CureAsync(server, Only(found, code));
        var cured = await ExamineAsync(server, _data.Path);

        Assert.That(Codes(found), Is.EqualTo(new[] { code }), "nothing else is found");
        Assert.That(Only(found, code).ToString(), Is.EqualTo(message));
        Assert.That(Only(found, code).Check.Severity, Is.EqualTo(severity));
        Assert.That(Codes(cured), Is.Empty);
    }

    [Test]
    [Produces("appendonly")]
    [Produces("aof-disabled")]
    public async Task Examine_WithoutAnAppendOnlyFile_IsFoundTwiceAndOneCureCuresBoth()
    {
        await using var server = await RedisServerProcess.StartAsync("--appendonly", "no");

        var found = await ExamineAsync(server, _data.Path);
        await CureAsync(server, Only(found, "appendonly"));
        await Poll.UntilAsync(async () => (await server.CliAsync("INFO", "persistence"))
            .Contains("aof_rewrite_in_progress:0", StringComparison.Ordinal));
        var cured = await ExamineAsync(server, _data.Path);

        Assert.That(Codes(found), Is.EqualTo(new[] { "appendonly", "aof-disabled" }));
        Assert.That(Only(found, "appendonly").ToString(), Is.EqualTo(
            "appendonly is \"no\", expected yes: Run `CONFIG SET appendonly yes`, wait until INFO persistence says " +
            "aof_rewrite_in_progress:0" + NoFile + ". Never only edit its file: a server that has data would start " +
            "empty."));
        Assert.That(Only(found, "aof-disabled").ToString(), Is.EqualTo(
            "aof_enabled is \"0\", expected 1: The append-only file is not written. If appendonly says yes all the " +
            "same, look into the server's log and restart it."));
        Assert.That(Codes(cured), Is.Empty);
    }

    [Test]
    public async Task Examine_AServerWithAConfigurationFile_IsCuredBeyondItsRestart()
    {
        await using var server = await RedisServerProcess.StartFromFileAsync("appendfsync everysec");

        var found = Only(await ExamineAsync(server, _data.Path), "appendfsync");
        await CureAsync(server, found);
        await server.RestartAsync();

        Assert.That(found.Cure, Is.EqualTo("Run `CONFIG SET appendfsync always`, then `CONFIG REWRITE`."));
        Assert.That(Codes(await ExamineAsync(server, _data.Path)), Is.Empty);
    }

    [Test]
    [Produces("exposed")]
    public async Task Examine_APortOpenToTheNetworkWithoutAPassword_IsFatalUntilBoundOrAccepted()
    {
        await using var server = await RedisServerProcess.StartAsync(
            "--bind", "127.0.0.1 -203.0.113.9", "--protected-mode", "no");

        var found = await ExamineAsync(server, _data.Path);
        var accepted = await ExamineAsync(server, _data.Path, ("Redis:AllowNetwork", "true"));
        await CureAsync(server, Only(found, "exposed"));

        Assert.That(Only(found, "exposed").ToString(), Is.EqualTo(
            "bind is \"127.0.0.1 -203.0.113.9\", expected loopback addresses only: Whoever reaches the port may " +
            "trade, " +
            "and delete everything. Run `CONFIG SET bind \"127.0.0.1 -::1\"`" + NoFile + "; or set a password and " +
            "accept the network with Redis:AllowNetwork=true."));
        Assert.That(Only(found, "exposed").Check.Severity, Is.EqualTo(Fatal));
        Assert.That(Codes(accepted), Is.Empty);
        Assert.That(Codes(await ExamineAsync(server, _data.Path)), Is.Empty);
    }

    [Test]
    [Produces("maxmemory")]
    public async Task Examine_AlmostAtMaxMemory_IsFoundAndCured()
    {
        await using var server = await RedisServerProcess.StartAsync("--maxmemory", "1mb");

        var found = Only(await ExamineAsync(server, _data.Path), "maxmemory");
        await CureAsync(server, found);

        Assert.That(found.ToString(), Does.Match(
            "^used_memory is \"[0-9]+\", expected at most nine tenths of maxmemory: At maxmemory every writer waits: " +
            "run `CONFIG SET maxmemory [0-9]+`, and put .*, if the machine has that memory, or lower " +
            "Streams:NAME:MaxLength.$"));
        Assert.That(Codes(await ExamineAsync(server, _data.Path)), Is.Empty);
    }

    [Test]
    [Produces("maxclients")]
    public async Task Examine_AlmostAtMaxClients_IsFoundAndCured()
    {
        await using var server = await RedisServerProcess.StartAsync("--maxclients", "30");

        var found = Only(await ExamineAsync(server, _data.Path), "maxclients");
        await CureAsync(server, found);

        Assert.That(found.ToString(), Does.Match(
            "^connected_clients is \"[0-9]\", expected at least 32 fewer than maxclients: A host that reconnects " +
            "would find no place: run `CONFIG SET maxclients 10000`, .*, or look with `CLIENT LIST` who holds so " +
            "many"));
        Assert.That(Codes(await ExamineAsync(server, _data.Path)), Is.Empty);
    }

    [Test]
    [Produces("client-output-buffer-limit")]
    public async Task Examine_AnOutputBufferTooSmallForOneAnswer_IsFoundAndCured()
    {
        await using var server = await RedisServerProcess.StartAsync();
        await server.CliAsync("CONFIG", "SET", "client-output-buffer-limit", "normal 1048576 0 0");

        var found = Only(await ExamineAsync(server, _data.Path), "client-output-buffer-limit");
        await CureAsync(server, found);

        Assert.That(found.ToString(), Does.StartWith(
            "client-output-buffer-limit is \"normal 1048576 0 0 ").And.Contain(
            "\", expected no limit of normal clients below 67108864: A reader that catches up would be cut off again " +
            "and again: run `CONFIG SET client-output-buffer-limit \"normal 0 0 0\"`"));
        Assert.That(Codes(await ExamineAsync(server, _data.Path)), Is.Empty);
    }

    [Test]
    [Produces("aof-load-truncated")]
    public async Task Examine_AServerThatLoadsATornFile_IsANoteAndHealthy()
    {
        await using var server = await RedisServerProcess.StartAsync();

        var examination = await ExamineAsync(server, _data.Path);

        Assert.That(examination.IsHealthy, Is.True);
        Assert.That(Only(examination, "aof-load-truncated").ToString(), Is.EqualTo(
            "aof-load-truncated is \"yes\", expected no, with redis-check-aof --fix before each start: A torn file " +
            "is rewritten before our first write. Only what other programs write before that may be lost at the next " +
            "restart; docs/DOCTOR.md shows a start that leaves no such moment."));
    }

    [Test]
    [Produces("relaxed")]
    public async Task Examine_WithRelaxedDurability_SaysThatNothingIsRefused()
    {
        await using var server = await RedisServerProcess.StartAsync();

        var found = await ExamineAsync(server, _data.Path, ("Redis:AllowRelaxedDurability", "true"));

        Assert.That(Only(found, "relaxed").ToString(), Is.EqualTo(
            "Redis:AllowRelaxedDurability is \"true\", expected false: A server that would lose acknowledged writes " +
            "is not refused: cure what is found here, then set it to false."));
        Assert.That(Codes(await ExamineAsync(server, _data.Path)), Is.Empty);
    }
}
