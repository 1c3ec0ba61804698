using System.Globalization;
using TradeOs.Bus;
using TradeOs.Stages;
using TradeOs.Tests.EndToEnd;

namespace TradeOs.Tests.Chaos;

/// <summary>A host that stands still while another takes its place, and wakes up.</summary>
internal static class ZombieScenarios
{
    /// <summary>Entries that must wait behind the commit that is held, so that a read of the zombie has some to
    /// take.</summary>
    private const int WaitingMin = 24;

    /// <summary>Past the frozen commit of the zombie the heir's is kept that long, so that the zombie's is first in any
    /// case.</summary>
    private static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(50);

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new(
            "zombie", "SIGSTOP of the host at random; another takes over; SIGCONT",
            "the zombie writes nothing and exits 3; same streams",
            Protections.OwnerAtReopening, RandomAsync) { RoundsLong = 3 },
        new(
            "zombie-commit", "SIGSTOP of the host with a commit held at a proxy, let go after another took over",
            "the zombie neither writes nor takes entries, and exits 3; same streams",
            Protections.KillOfTheOldConnection, CommitAsync) { RoundsLong = 10 },
        new(
            "zombie-answer", "SIGSTOP of the host with the answer to a commit held at a proxy; another takes over",
            "what was committed is not done again; the zombie exits 3; same streams",
            Protections.PositionInCommit, AnswerAsync) { RoundsLong = 10 },
        new(
            "zombie-opening", "SIGSTOP of a host before it opened a reader; another takes over; SIGCONT",
            "the zombie takes no reader from its heir and exits 3; same streams",
            // The beat of the host lock may end the zombie first.
            FaultProtections.OwnerAtOpening, OpeningAsync) { RoundsLong = 10, ControlRoundsMax = 6 },
    ];

    private static async Task RandomAsync(Trial trial)
    {
        await using var world = await World.StartAsync(trial);
        await world.DisturbAsync(trial.IsShort ? 1 : 10, [TakeOver(trial)]);
        await world.JudgeAsync();
    }

    /// <summary>The frozen host's heir goes on, or is frozen as well while the zombie wakes up: then nobody may write
    /// anything at all.</summary>
    public static Disturbance TakeOver(Trial trial) => new("take-over", async (world, random) =>
    {
        var before = await Standing.HostAsync(world);
        await Freeze.StopAsync(world.Host.Id);
        await using var zombie = world.StartHeir("--take-over");
        await Standing.OfHeirAsync(world, before);
        var proof = await WakeAsync(trial, world, zombie, random.Next(2) == 0);
        return $"process {zombie.Id} frozen, process {world.Host.Id} took over, {proof}";
    });

    private static async Task CommitAsync(Trial trial)
    {
        var reader = trial.Random.Next(2) == 0 ? Topology.Reader("feasibility") : Topology.Reader("execution");
        var held = new Hold(request => Hold.Commits(request, reader.Name)) { IsArmed = false };
        var heirs = new Hold(request => Hold.Commits(request, reader.Name));
        await using var world = await World.CreateAsync(trial);
        await using var proxy = held.NewProxy(world);
        await using var heirsProxy = heirs.NewProxy(world);
        var before = await FreezeAtAsync(trial, world, proxy, held, reader);

        world.HostEndpoint = heirsProxy.Endpoint;
        await using var zombie = world.StartHeir("--take-over");
        await Standing.OfHeirAsync(world, before);
        await heirs.ReachedAsync(world);
        held.Release();
        await Task.Delay(HeadStart);
        heirs.Release();
        var proof = await WakeAsync(trial, world, zombie, false);
        trial.Hit($"commit of {reader.Name} let go behind the take-over, {proof}");
        await world.JudgeAsync();
    }

    private static async Task AnswerAsync(Trial trial)
    {
        var reader = Topology.Readers[trial.Random.Next(Topology.Readers.Length)];
        var held = new Hold(request => Hold.Commits(request, reader.Name), isAnswer: true) { IsArmed = false };
        await using var world = await World.CreateAsync(trial);
        await using var proxy = held.NewProxy(world);
        var before = await FreezeAtAsync(trial, world, proxy, held, null);
        await world.ExamineAsync();

        world.HostEndpoint = world.Wire.Endpoint;
        await using var zombie = world.StartHeir("--take-over");
        await Standing.OfHeirAsync(world, before);
        held.Release();
        var proof = await WakeAsync(trial, world, zombie, trial.Random.Next(2) == 0);
        trial.Hit($"answer to a commit of {reader.Name} held over the take-over, {proof}");
        await world.JudgeAsync();
    }

    private static async Task OpeningAsync(Trial trial)
    {
        await using var world = await World.StartAsync(trial);
        await world.ReachAsync(1 + trial.Random.Next(World.Rows / 4));
        await world.Host.KillAsync();
        var reader = Topology.Readers[trial.Random.Next(Topology.Readers.Length)].Name;
        var held = new Hold(request => request.Contains(
            $"SETNAME\r\n${reader.Length + 8}\r\ntradeos:{reader}\r\n", StringComparison.Ordinal));
        await using var proxy = held.NewProxy(world);
        world.HostEndpoint = proxy.Endpoint;
        await world.StartHostAsync();
        await held.ReachedAsync(world);
        var before = await Standing.HostAsync(world);
        await Freeze.StopAsync(world.Host.Id);

        world.HostEndpoint = world.Wire.Endpoint;
        await using var zombie = world.StartHeir("--take-over");
        await Standing.OfHeirAsync(world, before);
        held.Release();
        var proof = await WakeAsync(trial, world, zombie, trial.Random.Next(2) == 0);
        trial.Hit($"frozen before it opened {reader}, {proof}");
        await world.JudgeAsync();
    }

    /// <summary>Starts a host behind the proxy and freezes it once the proxy holds what it is to hold, with enough
    /// waiting behind it.</summary>
    /// <returns>Id of the frozen host.</returns>
    private static async Task<string?> FreezeAtAsync(
        Trial trial, World world, TcpProxy proxy, Hold held, ReaderDefinition? waiting)
    {
        world.HostEndpoint = proxy.Endpoint;
        await world.StartHostAsync();
        await world.ReachAsync(1 + trial.Random.Next(World.Rows / 4));
        held.IsArmed = true;
        await held.ReachedAsync(world);
        while (waiting is not null && await WaitingAsync(world, waiting) < WaitingMin) Standing.ThrowIfEnded(world);
        var before = await Standing.HostAsync(world);
        await Freeze.StopAsync(world.Host.Id);
        trial.Say($"process {world.Host.Id} frozen at {await world.PositionAsync()} of {World.Rows} rows");
        return before;
    }

    private static async Task<long> WaitingAsync(World world, ReaderDefinition reader)
    {
        var appended = (string)(await world.AskAsync("XLEN", reader.Input!))!;
        var read = (string)(await world.AskAsync("HGET", RedisKeys.Checkpoint(reader.Name), "count"))!;
        return long.Parse(appended, CultureInfo.InvariantCulture) - long.Parse(read, CultureInfo.InvariantCulture);
    }

    /// <summary>Lets the zombie go on; it must write nothing, take nothing and exit 3.</summary>
    private static async Task<string> WakeAsync(Trial trial, World world, TradeOsProcess zombie, bool isHeirFrozen)
    {
        var position = await world.PositionAsync();
        var readers = await Standing.ReadersAsync(world);
        if (isHeirFrozen) await Freeze.StopAsync(world.Host.Id);
        var written = isHeirFrozen ? await Standing.SettledWritesAsync(world) : 0;
        await Signals.ContinueAsync(zombie.Id);
        var ended = await zombie.EndAsync();
        if (isHeirFrozen)
        {
            var more = await Standing.SettledWritesAsync(world) - written;
            Trial.Demand(more == 0, $"The zombie made {more} changes after the take-over.");
            await Signals.ContinueAsync(world.Host.Id);
        }

        Trial.Demand(ended.ExitCode == 3, $"The zombie did not exit 3: {ended}");
        Trial.Demand(
            ended.Error.Contains("so that nothing is done twice", StringComparison.Ordinal),
            $"The zombie did not say why it stopped: {ended.Error}");
        var after = await Standing.ReadersAsync(world);
        Trial.Demand(
            readers.All(reader => after[reader.Key].Owner == reader.Value.Owner),
            $"The zombie took a reader: {string.Join(", ", after)}; was {string.Join(", ", readers)}");
        return $"woke up at {position} rows{(isHeirFrozen ? ", its heir frozen" : "")}, exit 3";
    }
}
