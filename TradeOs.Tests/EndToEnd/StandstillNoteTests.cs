using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Host;
using TradeOs.Tests.Feeds;

namespace TradeOs.Tests.EndToEnd;

/// <summary>When a host leaves its note, when it takes it away, and who is believed to have left one.</summary>
/// <remarks>The clock jumps over every wait, so that each look of the service is at a moment known before.</remarks>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class StandstillNoteTests
{
    private const string Room = "fills held by outcome-tracker";

    private readonly JumpingTime _time = new();
    private readonly LoopProgress _loop = new("execution");
    private readonly LogLines<StandstillService> _log = new();
    private OutageLog _outage = null!;
    private TemporaryDirectory _data = null!;

    private string Note => Path.Combine(_data.Path, "standstill.json");

    [SetUp]
    public void Start() => (_data, _outage) =
        (new TemporaryDirectory(), new OutageLog("nowhere:1", TimeProvider.System, NullLogger.Instance));

    [TearDown]
    public void Stop() => _data.Dispose();

    /// <summary>A writer that waits now and then, while its readers move, is backpressure at work.</summary>
    [Test]
    public async Task Note_OfALoopThatWaitsForRoomAndMoves_IsLeftOnceItMovesNoMoreForASecond()
    {
        var left = new List<bool>();
        await RunAsync(40, look =>
        {
            left.Add(File.Exists(Note));
            if (look > 20) return;
            _loop.Committed(OneEntry());
            _loop.Waiting(Room);
        });

        Assert.That(left.Take(24), Has.None.True, "it moved, or stood still for less than a second");
        Assert.That(left.Skip(30), Has.All.True);
        Assert.That(_log.Lines, Has.Count.EqualTo(1), string.Join('\n', _log.Lines));
        Assert.That(File.Exists(Note), Is.False, "a host that ended stands still no more");
    }

    [Test]
    public async Task Note_OfAHostThatWasKilled_GoesWithTheNextOne()
    {
        new StandstillFile(_data.Path).Write(OfAnother());
        var left = new List<bool>();

        await RunAsync(2, _ => left.Add(File.Exists(Note)));

        Assert.That(left, Has.None.True);
    }

    /// <summary>One that took over may be paused, too.</summary>
    [Test]
    public async Task Note_OfAnotherHostFoundAtTheEnd_IsLeftAlone()
    {
        await RunAsync(5, look =>
        {
            if (look == 5) new StandstillFile(_data.Path).Write(OfAnother());
        });

        Assert.That(new StandstillFile(_data.Path).Read()?.Host, Is.EqualTo("other:1"));
    }

    [Test]
    public async Task Note_ThatCannotBeWritten_IsSaidOnceAndTriedAgain()
    {
        _outage.Away("one", "reason.");
        var draft = Directory.CreateDirectory(Note + ".new");
        var left = new List<bool>();

        await RunAsync(20, look =>
        {
            left.Add(File.Exists(Note));
            if (look == 10) draft.Delete();
        });

        Assert.That((left[9], left[^1]), Is.EqualTo((false, true)));
        Assert.That(_log.Lines.Single(), Does.StartWith("Warning 322: The note for tradeos status cannot be left"));
    }

    [Test]
    public void Note_OfAProcess_IsOfALivingOneByItsIdAndStart()
    {
        var start = ServerProcess.Find(Environment.ProcessId)!.StartTime;
        var ours = OfAnother() with
        {
            Machine = Environment.MachineName, Process = Environment.ProcessId, ProcessStart = start,
        };

        Assert.That(ours.IsOfLiving, Is.True);
        Assert.That((ours with { ProcessStart = start + "0" }).IsOfLiving, Is.False, "a later process with its id");
        Assert.That((ours with { Process = int.MaxValue }).IsOfLiving, Is.False);
        Assert.That((ours with { Process = int.MaxValue, Machine = "another" }).IsOfLiving, Is.True, "not known");
    }

    /// <summary>Runs the service for so many looks; what is done happens behind each, before the next.</summary>
    private async Task RunAsync(int looks, Action<int> behindLook)
    {
        using var stop = new CancellationTokenSource();
        var look = 0;
        _time.BeforeJump = _ =>
        {
            behindLook(++look);
            if (look == looks) stop.Cancel();
        };
        using var service = new StandstillService(_outage, [_loop], _data.Path, _time, _log);
        await service.StartAsync(stop.Token);
        await service.ExecuteTask!;
    }

    private static Batch OneEntry()
    {
        var batch = new Batch();
        batch.Complete(new EntryId(1, 1));
        return batch;
    }

    private static StandstillNote OfAnother() =>
        new("other:1", "other", 1, "1", null, [new WaitNote("feed", Room, DateTimeOffset.UnixEpoch)]);
}
