using System.Net;
using System.Net.Sockets;
using System.Text;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Tests.Chaos;

/// <summary>What an old owner left on its way, arriving when another one owns the reader; and an output that cannot
/// be written.</summary>
internal static class OwnershipScenarios
{
    private static readonly TimeSpan LateWait = TimeSpan.FromMilliseconds(500);

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new(
            "late-commit", "a commit of a killed host arrives on another connection after the next host opened",
            "it is refused and writes nothing", Protections.OwnerInCommit, LateCommitAsync),
        new(
            "late-read", "a read of a killed host arrives on its own connection after the next host opened the group",
            "it takes no entry from the next host", Protections.KillOfTheOldConnection, LateReadAsync),
        new(
            "take-over", "a second host takes over from one that lives and whose host lock stalls in the network",
            "the first never commits again and ends with exit code 3; the second goes on",
            Protections.OwnerAtReopening, TakeOverAsync),
        new(
            "second-output", "a key of another type in the place of a stage's second output, while it runs",
            "a commit writes all or nothing: put right, the pipeline goes on as if nothing had been",
            Protections.ChecksBeforeWrites, SecondOutputAsync) { ControlRoundsMax = 6 },
    ];

    private static async Task LateCommitAsync(Trial trial)
    {
        await using var world = await World.StartAsync(trial);
        var reader = Topology.Readers[trial.Random.Next(Topology.Readers.Length)].Name;
        var position = await world.ReachAsync(trial.Random.Next(100, World.Rows / 3));
        var point = new Failpoint(WirePhase.Sent, WireRequest.CommitOf(reader), 0);
        point.ArmOn(world.Wire, world.Host.KillAsync);
        var late = (await point.Reached).Request;
        world.Wire.Watch = null;
        await world.ExamineAsync();
        var before = await EpochAsync(world, reader);
        await world.StartHostAsync();
        await Poll.UntilAsync(async () => await EpochAsync(world, reader) != before);

        var answer = await DeliverAsync(world, late);

        trial.Hit($"commit of {reader} held at {position} of {World.Rows} rows, delivered late: {answer}");
        Trial.Demand(answer == "fenced", $"A commit of {reader} by the host before was answered '{answer}'.");
        await world.JudgeAsync();
    }

    private static async Task LateReadAsync(Trial trial)
    {
        await using var world = await World.StartAsync(trial);
        var groups = Topology.Stages.Where(stage => stage.Mode == ReadMode.Group).ToList();
        var reader = groups[trial.Random.Next(groups.Count)];
        var position = await world.ReachAsync(trial.Random.Next(200, World.Rows / 3));
        var read = new LateRead(world, $"{reader.Name} XREADGROUP {reader.Input}");
        world.Wire.Watch = read.PassesAsync;
        await read.Held;
        await world.ExamineAsync();
        await world.StartHostAsync();
        await read.NextOpened;
        await Poll.UntilAsync(async () => await IsBehindAsync(world, reader));

        read.ReleaseOld();
        await Task.WhenAny(read.OldAnswered, Task.Delay(LateWait, trial.Cancel));
        read.ReleaseNext();
        world.Wire.Watch = null;

        trial.Hit(
            $"read of {reader.Name} held at {position} of {World.Rows} rows, delivered late: " +
            (read.OldAnswered.IsCompleted ? "answered" : "its connection was gone"));
        await world.JudgeAsync();
    }

    private static async Task TakeOverAsync(Trial trial)
    {
        var stall = new StalledLock();
        await using var world = await World.CreateAsync(trial);
        await using var proxy = new TcpProxy(Hold.PortOf(world), stall.DecideAsync);
        world.HostEndpoint = proxy.Endpoint;
        await world.StartHostAsync();
        var position = await world.ReachAsync(trial.Random.Next(100, World.Rows / 3));
        stall.IsArmed = true;
        await stall.HeldAsync(world);
        var owner = world.Ledger.OwnerOf(Topology.Feed.Name);
        await using var old = world.ReleaseHost();
        world.HostEndpoint = world.Wire.Endpoint;
        await world.StartHostAsync("--take-over");
        await Poll.UntilAsync(() => Task.FromResult(
            world.Host.HasExited || world.Ledger.ReadersOf(other => other != owner) == Topology.Readers.Length));

        var end = await old.EndAsync();

        trial.Hit($"host taken over at {position} of {World.Rows} rows");
        Trial.Demand(
            end.ExitCode == 3, $"The host that was taken over ended with {end.ExitCode}, expected 3: {end.Error}");
        await world.JudgeAsync();
    }

    private static async Task SecondOutputAsync(Trial trial)
    {
        await using var world = await World.StartAsync(trial);
        var position = await world.ReachAsync(trial.Random.Next(100, World.Rows / 3));
        await world.AskAsync(
            "EVAL", "redis.call('RENAME', KEYS[1], KEYS[2]) redis.call('SET', KEYS[1], 'in the way')", 2,
            StreamNames.Rejected, "away");

        var end = await world.Host.EndAsync();

        trial.Hit($"{StreamNames.Rejected} replaced at {position} of {World.Rows} rows, the host ended");
        Trial.Demand(
            end.ExitCode == 1 && end.Error.Contains(StreamNames.Rejected, StringComparison.Ordinal),
            $"The host ended with {end.ExitCode}, expected 1 and a word about {StreamNames.Rejected}: {end.Error}");
        await world.AskAsync(
            "EVAL", "redis.call('DEL', KEYS[1]) redis.call('RENAME', KEYS[2], KEYS[1])", 2, StreamNames.Rejected,
            "away");
        await world.ExamineAsync();
        await world.StartHostAsync();
        await world.JudgeAsync();
    }

    private static async Task<string?> EpochAsync(World world, string reader) =>
        (string?)await world.AskAsync("HGET", RedisKeys.Checkpoint(reader), "epoch");

    /// <summary>Whether entries wait that the reader has not committed.</summary>
    private static async Task<bool> IsBehindAsync(World world, ReaderDefinition reader)
    {
        var position = (string?)await world.AskAsync("HGET", RedisKeys.Checkpoint(reader.Name), "position");
        return ((RedisResult[])(await world.AskAsync(
            "XRANGE", reader.Input!, $"({position}", "+", "COUNT", 1))!).Length > 0;
    }

    private static async Task<string> DeliverAsync(World world, WireRequest late)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, world.Redis.Port);
        await socket.SendAsync(late.Bytes);
        var answer = new byte[256];
        var count = await socket.ReceiveAsync(answer);
        return Encoding.Latin1.GetString(answer, 0, count).Split("\r\n").ElementAtOrDefault(1) ?? "";
    }

    /// <summary>Holds every look at the place of the first host, on whatever connection, so that only its readers can
    /// tell it that it is fenced.</summary>
    private sealed class StalledLock
    {
        private const string Look = "TYPE\r\n$12\r\n" + RedisKeys.Host + "\r\n";

        private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        private volatile bool _isArmed;

        public bool IsArmed
        {
            set => _isArmed = value;
        }

        public void Release() => _released.TrySetResult();

        public async Task HeldAsync(World world)
        {
            while (!_held.Task.IsCompleted)
            {
                Trial.Demand(!world.Host.HasExited, $"The host ended before its lock beat: {world.Host.Error}");
                await Task.WhenAny(_held.Task, Task.Delay(50));
            }
        }

        public async Task<Fault> DecideAsync(string request)
        {
            if (!_isArmed || !request.Contains(Look, StringComparison.Ordinal)) return Fault.None;
            _held.TrySetResult();
            await _released.Task;
            return Fault.None;
        }
    }

    /// <summary>Holds the first read of a host, kills it, and holds the first read of the next.</summary>
    private sealed class LateRead(World world, string step)
    {
        private readonly TaskCompletionSource _held = New();
        private readonly TaskCompletionSource _old = New();
        private readonly TaskCompletionSource _opened = New();
        private readonly TaskCompletionSource _next = New();
        private readonly TaskCompletionSource _answered = New();
        private int _connection;

        public Task Held => _held.Task;

        public Task NextOpened => _opened.Task;

        public Task OldAnswered => _answered.Task;

        public void ReleaseOld() => _old.TrySetResult();

        public void ReleaseNext() => _next.TrySetResult();

        public async ValueTask<bool> PassesAsync(WireMoment moment)
        {
            if (moment.Request.Step != step) return true;
            var first = Interlocked.CompareExchange(ref _connection, moment.Request.Connection, 0);
            var isOld = first == 0 || first == moment.Request.Connection;
            if (moment.Phase == WirePhase.Answered && isOld && _held.Task.IsCompleted) _answered.TrySetResult();
            if (moment.Phase != WirePhase.Sent) return true;
            if (!isOld)
            {
                _opened.TrySetResult();
                await _next.Task;
            }
            else if (!_held.Task.IsCompleted)
            {
                await world.Host.KillAsync();
                _held.TrySetResult();
                await _old.Task;
            }

            return true;
        }

        private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
