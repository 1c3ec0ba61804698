using TradeOs.Bus;
using TradeOs.Host;
using TradeOs.Stages;

namespace TradeOs.Tests.Chaos;

/// <summary>Kills at exact places: of every commit, and of every step of opening.</summary>
internal static class FailpointScenarios
{
    private const int RowsBetween = 10;
    private const int PointsOfAWorld = 60;
    private const int PointsShort = 4;

    private static readonly string Archive = ArchiveReaders.NameOf(StreamNames.MarketData);
    private static readonly int OpenedMax = Topology.Readers.Length + 1;

    private static readonly WirePhase[] Phases = [WirePhase.Sent, WirePhase.Answered, WirePhase.Delivered];

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new(
            "commit-host", "kill -9 of the host before a commit is sent, after the server got it, before and after " +
            "its reply, of every reader",
            "nothing acknowledged is lost, nothing is done twice, nothing committed is pending",
            Protections.AcknowledgeInCommit, trial => CommitsAsync(trial, isHost: true)) { ControlRoundsMax = 5 },
        new(
            "commit-redis", "kill -9 of redis at the same places",
            "nothing acknowledged is lost, nothing is done twice",
            Protections.PositionInCommit, trial => CommitsAsync(trial, isHost: false)),
        new(
            "open-host", "kill -9 of the host at every step of opening host lock and readers",
            "the next host opens and goes on", Protections.PositionInCommit,
            trial => OpeningsAsync(trial, isHost: true)),
        new(
            "open-redis", "kill -9 of redis at every step of opening, host left alive",
            "the host opens again and goes on", Protections.PositionInCommit,
            trial => OpeningsAsync(trial, isHost: false)),
    ];

    private static async Task CommitsAsync(Trial trial, bool isHost)
    {
        var points = Shuffled(trial, from reader in Topology.Readers
            from phase in Enum.GetValues<WirePhase>()
            select new Failpoint(phase, WireRequest.CommitOf(reader.Name), trial.Random.Next(4)));
        await using var world = await World.StartAsync(trial);
        await RunAsync(trial, world, trial.IsShort ? points[..PointsShort] : points, isHost, startsFromDeath: false);
        await world.JudgeAsync();
    }

    private static async Task OpeningsAsync(Trial trial, bool isHost)
    {
        var steps = await StepsAsync(trial, isHost);
        var points = Shuffled(trial, steps.Select(step => new Failpoint(
            Phases[trial.Random.Next(Phases.Length)], step.Key, step.Value > 1 ? trial.Random.Next(step.Value) : 0)));
        trial.Say($"{steps.Count} steps of opening, each at one of {Phases.Length} places");
        if (trial.IsShort) points = points[..PointsShort];
        foreach (var some in points.Chunk(PointsOfAWorld))
        {
            await using var world = await World.StartAsync(trial);
            await RunAsync(trial, world, some, isHost, startsFromDeath: true);
            await world.JudgeAsync();
        }
    }

    /// <summary>What the proxy sees of an undisturbed opening in the middle of a run, and how often.</summary>
    private static async Task<SortedDictionary<string, int>> StepsAsync(Trial trial, bool isHost)
    {
        var steps = new SortedDictionary<string, int>(StringComparer.Ordinal);
        await using var world = await World.StartAsync(trial);
        await world.ReachAsync(200);
        await DieAsync(world, isHost);
        var opened = new HashSet<string>(StringComparer.Ordinal);
        world.Wire.Watch = moment =>
        {
            lock (steps)
            {
                if (moment.Phase != WirePhase.Sent || opened.Count == OpenedMax) return new(true);
                if (!IsMeant(moment.Request.Reader)) return new(true);
                if (moment.Request.IsCommit) opened.UnionWith(moment.Request.Committing);
                else if (!opened.Contains(moment.Request.Reader))
                    steps[moment.Request.Step] = steps.GetValueOrDefault(moment.Request.Step) + 1;
            }

            return new(true);
        };
        if (isHost) await world.StartHostAsync();
        else await world.Redis.StartAgainAsync();
        await Poll.UntilAsync(() => Task.FromResult(opened.Count == OpenedMax));
        world.Discard();
        return steps;
    }

    /// <summary>Archive readers open alike, so that one stands for all.</summary>
    private static bool IsMeant(string reader) =>
        reader == Archive || !reader.StartsWith(ArchiveReaders.NameOf(""), StringComparison.Ordinal);

    private static async Task RunAsync(
        Trial trial, World world, IEnumerable<Failpoint> points, bool isHost, bool startsFromDeath)
    {
        var before = 0L;
        foreach (var point in points)
        {
            var position = await world.ReachAsync(Math.Min(before + RowsBetween, World.Rows));
            if (position >= World.Rows) break;
            if (startsFromDeath) await DieAsync(world, isHost);
            point.ArmOn(world.Wire, () => isHost ? world.Host.KillAsync() : world.Redis.KillAsync());
            var opens = TimeProvider.System.GetTimestamp();
            if (startsFromDeath && isHost) await world.StartHostAsync();
            else if (startsFromDeath) await world.Redis.StartAgainAsync();
            var isReached = await point.IsReachedAsync(() => Task.FromResult(
                world.Host.HasExited || TimeProvider.System.GetElapsedTime(opens) > TimeSpan.FromSeconds(5)));
            world.Wire.Watch = null;
            if (!isReached)
            {
                trial.Say($"not met this time: {point}");
                continue;
            }

            if (!isHost) await world.Redis.StartAgainAsync();
            await world.ExamineAsync(strangersRead: startsFromDeath && isHost);
            trial.Hit(
                $"{(isHost ? "host" : "redis")} killed at {position} of {World.Rows} rows, {position - before} on: " +
                point);
            if (isHost) await world.StartHostAsync();
            before = position;
        }
    }

    /// <summary>Where the host dies a stranger reads in its group, so that the opening has something to give
    /// back.</summary>
    private static async Task DieAsync(World world, bool isHost)
    {
        if (!isHost)
        {
            await world.Redis.KillAsync();
            return;
        }

        await world.Host.KillAsync();
        foreach (var stage in Topology.Stages.Where(stage => stage.Mode == ReadMode.Group))
        {
            await world.AskAsync("XGROUP", "SETID", stage.Input!, stage.Name, "0");
            await world.AskAsync(
                "XREADGROUP", "GROUP", stage.Name, "stranger", "COUNT", 3, "STREAMS", stage.Input!, ">");
        }
    }

    private static List<Failpoint> Shuffled(Trial trial, IEnumerable<Failpoint> points)
    {
        var all = points.ToArray();
        trial.Random.Shuffle(all);
        return [.. all];
    }
}
