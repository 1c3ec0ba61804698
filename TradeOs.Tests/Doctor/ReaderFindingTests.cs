using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Tests.EndToEnd;

namespace TradeOs.Tests.Doctor;

/// <summary>Entries and groups that hands other than ours touched; after each cure the pipeline runs again.</summary>
[TestFixture]
public sealed class ReaderFindingTests : DoctorFixture
{
    private TemporaryDirectory _data = null!;
    private RedisServerProcess _server = null!;

    [SetUp]
    public async Task RunPipelineAsync()
    {
        _data = new TemporaryDirectory();
        _server = await RedisServerProcess.StartAsync();
        await RunsAsync();
    }

    [TearDown]
    public async Task StopServerAsync()
    {
        await _server.DisposeAsync();
        _data.Dispose();
    }

    [Test]
    [Produces("vanished-entries")]
    public async Task Examine_UnreadEntriesTrimmed_CountsThemAndTheLossCanBeAccepted()
    {
        for (var entry = 0; entry < 3; entry++) await _server.CliAsync("XADD", "signals.raw", "*", "a", "b");
        await _server.CliAsync("XTRIM", "signals.raw", "MAXLEN", "=", "1");

        var found = Only(await ExamineAsync(), "vanished-entries");
        await CureAsync(_server, found);

        Assert.That(found.ToString(), Does.Match(
            "^signals.raw is \"entries gone: 2\", expected every entry signal-qualifier has not read: Somebody " +
            "trimmed or deleted them. Restore the data of this server; the pipeline stops rather than go on without " +
            "it. Or accept the loss: with the host stopped run `HSET tradeos:checkpoint:signal-qualifier count " +
            "[0-9]+ deleted 0-0` and `HDEL tradeos:checkpoint:signal-qualifier checksum`, start once with --adopt, " +
            "and it goes on with what is left.$"));
        await AssertCuredAsync();
    }

    [Test]
    [Produces("pending-gone")]
    public async Task Examine_APendingEntryDeleted_IsFoundInStreamAndGroupAndTheLossCanBeAccepted()
    {
        var id = await _server.CliAsync("XADD", "trade.intents", "*", "a", "b");
        await _server.CliAsync(
            "XREADGROUP", "GROUP", "feasibility", "feasibility", "STREAMS", "trade.intents", ">");
        await _server.CliAsync("XADD", "trade.intents", "*", "a", "b");
        await _server.CliAsync("XDEL", "trade.intents", id);

        var examination = await ExamineAsync();
        await CureAsync(_server, Only(examination, "vanished-entries"));
        await CureAsync(_server, Only(examination, "pending-gone"));

        Assert.That(Only(examination, "vanished-entries").Wrong, Is.EqualTo(
            $"trade.intents is \"entries up to {id} deleted\", expected every entry feasibility has not read"));
        Assert.That(Only(examination, "pending-gone").ToString(), Is.EqualTo(
            $"trade.intents group feasibility is \"pending entries gone: 1, {id} first\", expected every pending " +
            "entry in the stream: They were delivered, never committed, and then trimmed or deleted. Restore the " +
            "data of this server; or accept the loss: with the host stopped run `XACK trade.intents feasibility " +
            $"{id}`, then doctor again."));
        await AssertCuredAsync();
    }

    [Test]
    [Produces("count-ahead")]
    public async Task Examine_AStreamMadeAnew_IsFoundAndTheLossCanBeAccepted()
    {
        await _server.CliAsync("DEL", "signals.modified");
        await _server.CliAsync("XADD", "signals.modified", "*", "a", "b");

        var found = Only(await ExamineAsync(), "count-ahead");
        await CureAsync(_server, found);

        Assert.That(found.ToString(), Does.Match(
            "^signals.modified is \"entries ever appended: 1\", expected at least the [0-9]+ that intent-planner has " +
            "read: The stream was deleted and made anew. Restore the data of this server; .* run `HSET " +
            "tradeos:checkpoint:intent-planner count 0 deleted 0-0`, `HDEL tradeos:checkpoint:signal-modifier " +
            "last:signals.modified` and `HDEL tradeos:checkpoint:intent-planner checksum`, start " +
            "once with --adopt, and it goes on with what is left.$"));
        await RunsAsync("--adopt");
        await AssertCuredAsync();
    }

    [Test]
    [Produces("group-missing")]
    public async Task Examine_OurGroupGone_IsFoundAndMadeAnewWithoutLoss()
    {
        await _server.CliAsync("XGROUP", "DESTROY", "trade.intents", "feasibility");

        var found = Only(await ExamineAsync(), "group-missing");
        await CureAsync(_server, found);

        Assert.That(found.ToString(), Is.EqualTo(
            "trade.intents is \"no such group\", expected the consumer group feasibility: Start the host, which " +
            "makes it anew where its checkpoint is, or run `XGROUP CREATE trade.intents feasibility 0`: nothing is " +
            "lost or done twice."));
        await AssertCuredAsync();
    }

    [Test]
    [Produces("consumer-unknown")]
    public async Task Examine_AStrangerInOurGroup_IsFoundAndRemovedWithoutLoss()
    {
        await _server.CliAsync("XADD", "trade.intents", "*", "a", "b");
        await _server.CliAsync("XREADGROUP", "GROUP", "feasibility", "stranger", "STREAMS", "trade.intents", ">");

        var found = Only(await ExamineAsync(), "consumer-unknown");
        await RunsAsync();
        await CureAsync(_server, found);

        Assert.That(found.ToString(), Is.EqualTo(
            "trade.intents group feasibility is \"consumer stranger, entries pending: 1\", expected no consumer " +
            "but feasibility: What somebody else reads in our group never reaches us, and the host stops: give that " +
            "program a group of its own, start the host again, then run `XGROUP DELCONSUMER trade.intents " +
            "feasibility stranger`."));
        await AssertCuredAsync();
    }

    [Test]
    [Produces("group-unknown")]
    public async Task Examine_AGroupOfAnotherProgram_IsANote()
    {
        await _server.CliAsync("XGROUP", "CREATE", "fills", "python", "0");

        var examination = await ExamineAsync();
        await CureAsync(_server, Only(examination, "group-unknown"));
        var cured = await ExamineAsync();

        Assert.That(examination.IsHealthy, Is.True);
        Assert.That(Only(examination, "group-unknown").ToString(), Is.EqualTo(
            "fills is \"group python\", expected groups of the pipeline only: Nothing has to be done: its program " +
            "may read along, but entries are trimmed without waiting for it (tradeos readers add changes that). A " +
            "group nobody uses any more is removed by `XGROUP DESTROY fills python`."));
        Assert.That(cured.Passed, Does.Contain(Checks.GroupUnknown));
    }

    private Task<Examination> ExamineAsync() => ExamineAsync(_server, _data.Path);

    private async Task AssertCuredAsync()
    {
        Assert.That(Codes(await ExamineAsync()), Is.Empty);
        await RunsAsync();
        Assert.That(Codes(await ExamineAsync()), Is.Empty);
    }

    private async Task RunsAsync(params string[] more)
    {
        var result = await RealDataTests.RunAsync(
            _server, _data, "simulated:count=3000,rate=max", [.. Archives.Off, .. more]);
        Assert.That(result.ExitCode, Is.Zero, result.ToString());
    }
}
