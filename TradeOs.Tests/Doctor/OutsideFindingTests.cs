using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Tests.EndToEnd;

namespace TradeOs.Tests.Doctor;

/// <summary>What is wrong with a program outside is found, and goes when it is removed.</summary>
[TestFixture]
public sealed class OutsideFindingTests : DoctorFixture
{
    private TemporaryDirectory _data = null!;
    private RedisServerProcess _server = null!;
    private ControlConnection _control = null!;
    private OutsideRegistry _registry = null!;

    private static OutsideReader Python { get; } =
        new("python", "fills", "", StuckRule.Release, TimeSpan.FromHours(1));

    [SetUp]
    public async Task RegisterAsync()
    {
        _data = new TemporaryDirectory();
        _server = await RedisServerProcess.StartAsync();
        var run = await RealDataTests.RunAsync(_server, _data, "simulated:count=3000,rate=max");
        Assert.That(run.ExitCode, Is.Zero, run.ToString());
        _control = await ControlConnection.ConnectAsync(_server.Options, default);
        var runId = (await _control.InfoAsync("server"))["run_id"];
        _registry = new OutsideRegistry(_control, runId, TimeProvider.System);
        Assert.That(await _registry.AddAsync(Python), Is.Null);
    }

    [TearDown]
    public async Task StopServerAsync()
    {
        _control.Dispose();
        await _server.DisposeAsync();
        _data.Dispose();
    }

    [Test]
    public async Task Examine_AnOutsideReaderThatIsWell_IsNoFinding()
    {
        var examination = await ExamineAsync(_server, _data.Path);

        Assert.That(Codes(examination), Is.Empty);
        Assert.That(examination.Passed, Does.Contain(Checks.OutsideLost).And.Contain(Checks.OutsideUnfollowed));
    }

    [Test]
    [Produces("outside-lost")]
    public async Task Examine_EntriesItHadNotReadTrimmed_AreCountedExactly()
    {
        var held = (long)await _control.ExecuteAsync("XLEN", "fills");
        await _server.CliAsync("XTRIM", "fills", "MAXLEN", "=", "4");

        Assert.That(Only(await ExamineAsync(_server, _data.Path), "outside-lost").Wrong, Is.EqualTo(
            $"fills is \"entries gone: {held - 4}\", expected every entry outside reader python is not done with"));
        await AssertRemovedIsCuredAsync();
    }

    [Test]
    [Produces("outside-released")]
    public async Task Examine_AReleasedReader_IsFoundUntilItIsRemoved()
    {
        await _registry.ReleaseAsync(Python, 0);

        var found = Only(await ExamineAsync(_server, _data.Path), "outside-released");

        Assert.That(found.Wrong, Does.Match(
            "^tradeos:checkpoint:outside:python is \"released [-0-9]+ [:0-9]+Z\", expected fills to wait for outside " +
            "reader python$"));
        await AssertRemovedIsCuredAsync();
    }

    [Test]
    [Produces("outside-unfollowed")]
    public async Task Examine_APositionAheadAndAStrayName_AreFound()
    {
        await _server.CliAsync("HSET", "tradeos:offset:python", "position", "99999999999999-0");
        await _registry.FollowAsync(Python, new StreamLimit(1_000, []), false, false);
        var ahead = Only(await ExamineAsync(_server, _data.Path), "outside-unfollowed");
        await _registry.RemoveAsync(Python);
        await _server.CliAsync("SADD", "tradeos:outside:fills", "stray");
        var stray = Only(await ExamineAsync(_server, _data.Path), "outside-unfollowed");
        await CureAsync(_server, stray);

        Assert.That(ahead.Found, Does.StartWith("its position 99999999999999-0 is ahead of the stream"));
        Assert.That(stray.Wrong, Is.EqualTo(
            "tradeos:outside:fills is \"stray\", expected readers that tradeos readers add registered"));
        Assert.That(Codes(await ExamineAsync(_server, _data.Path)), Is.Empty);
    }

    private async Task AssertRemovedIsCuredAsync()
    {
        Assert.That(await _registry.RemoveAsync(Python), Is.True);
        Assert.That(Codes(await ExamineAsync(_server, _data.Path)), Is.Empty);
    }
}
