using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using TradeOs.Bus;
using TradeOs.Host;
using TradeOs.Stages;
using TradeOs.Tests.Bus;
using TradeOs.Tests.EndToEnd;

namespace TradeOs.Tests.Chaos;

/// <summary>A pipeline under test: the real executable on a real Redis, fed from a made-up market.</summary>
/// <remarks>Between host and server stands a <see cref="WireProxy"/>, which keeps the ledger.</remarks>
internal sealed class World : IAsyncDisposable
{
    /// <summary>Rows of the market it is fed from that reach the first stream.</summary>
    public static int Rows => GeneratedMarket.Rows;

    /// <summary>Script that gives how many entries a stream was ever given; 0 for one that is not there.</summary>
    public const string EverAdded = "if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end local f = redis.call(" +
        "'XINFO', 'STREAM', KEYS[1]) for i = 1, #f, 2 do if f[i] == 'entries-added' then return f[i + 1] end end";

    private static readonly TimeSpan MoveWaitMax = TimeSpan.FromSeconds(60);

    private readonly Trial _trial;
    private readonly TemporaryDirectory _data = new();
    private readonly int _batch;
    private ControlConnection? _control;
    private TradeOsProcess? _host;
    private bool _isJudged;

    private World(Trial trial, RedisServerProcess redis, int batch)
    {
        (_trial, Redis, _batch) = (trial, redis, batch);
        Ledger = new Ledger(_data["ledger.txt"]);
        Wire = new WireProxy(redis.Port) { Answering = Ledger.Note };
        HostEndpoint = Wire.Endpoint;
        Program = trial.Program;
        ArchiveDirectory = _data.Path;
    }

    /// <summary>The way between host and server.</summary>
    public WireProxy Wire { get; }

    /// <summary>What the host was told is committed.</summary>
    public Ledger Ledger { get; }

    /// <summary>The server.</summary>
    public RedisServerProcess Redis { get; }

    /// <summary>Where the host looks for the server; a proxy stands there when a scenario says so.</summary>
    public string HostEndpoint { get; set; }

    /// <summary>The running host, or the one that ran last.</summary>
    public TradeOsProcess Host => _host ?? throw new InvalidOperationException("No host was started.");

    /// <summary>The program, in the environment a scenario gives it.</summary>
    public TradeOsProgram Program { get; set; }

    /// <summary>Arguments beside the usual ones, for every host that is started from now on.</summary>
    public IReadOnlyList<string> MoreArguments { get; set; } = [];

    /// <summary>Data directory of the host that archived; a scenario with two says which.</summary>
    public string ArchiveDirectory { get; set; }

    /// <summary>Data directory of the host.</summary>
    public string DataDirectory => _data.Path;

    /// <summary>A server and nothing else; the batch is small enough that a run lasts.</summary>
    public static async Task<World> CreateAsync(Trial trial, params string[] redisArguments) =>
        On(trial, await RedisServerProcess.StartAsync(redisArguments));

    /// <summary>The same on a server that a scenario prepared; it ends with the world.</summary>
    public static World On(Trial trial, RedisServerProcess redis) => new(trial, redis, trial.Random.Next(2, 9));

    /// <summary>The same with a host that moves.</summary>
    public static async Task<World> StartAsync(Trial trial)
    {
        var world = await CreateAsync(trial);
        await world.StartHostAsync();
        return world;
    }

    /// <summary>Starts the host, as the same installation every time.</summary>
    public async Task StartHostAsync(params string[] more)
    {
        if (_host is { } before) await before.DisposeAsync();
        _host = TradeOsProcess.Start(Program, [.. Arguments(), .. more]);
    }

    /// <summary>Starts another host beside the one that runs and goes on with it; the one before is the
    /// caller's.</summary>
    public TradeOsProcess StartHeir(params string[] more) =>
        GoOnWith(TradeOsProcess.Start(Program, [.. Arguments(), .. more]));

    /// <summary>Goes on with a host somebody started; the one before is the caller's.</summary>
    public TradeOsProcess GoOnWith(TradeOsProcess next)
    {
        var before = Host;
        _host = next;
        return before;
    }

    /// <summary>Hands the running host over; the next one is started beside it.</summary>
    public TradeOsProcess ReleaseHost()
    {
        var host = Host;
        _host = null;
        return host;
    }

    /// <summary>Arguments of the host.</summary>
    public string[] Arguments() =>
    [
        "run", "--redis", HostEndpoint, "--set", "Redis:Mode=External", "--set", $"Pipeline:BatchCountMax={_batch}",
        "--data", _data.Path, "--feed", GeneratedMarket.Feed, .. GeneratedMarket.Settings, "--until-idle", "--json",
        .. StreamCaps.Arguments, .. MoreArguments,
    ];

    /// <summary>Rows of the market that came into the stream, trimmed ones included, as the server says.</summary>
    public async Task<long> PositionAsync() => Number(await AskAsync("EVAL", EverAdded, 1, StreamNames.MarketData));

    /// <summary>A command to the server itself, past any proxy.</summary>
    public async Task<RedisResult> AskAsync(string command, params object[] arguments)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                _control ??= await ControlAsync();
                return await _control.ExecuteAsync(command, arguments);
            }
            catch (BusUnavailableException) when (attempt < 50)
            {
                _control?.Dispose();
                _control = null;
                await Task.Delay(20, _trial.Cancel);
            }
        }
    }

    /// <summary>Waits until so many rows are in the stream; the host must not end before.</summary>
    public async Task<long> ReachAsync(long rows)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var position = await PositionAsync();
            if (position >= rows) return position;
            if (Host.HasExited)
                throw new InvariantBrokenException($"The host ended by itself at {position} rows: {Said(Host.Error)}");
            if (TimeProvider.System.GetElapsedTime(started) > MoveWaitMax)
                throw new InvariantBrokenException($"The pipeline stands still at {position} rows: {Host.Error}");
            await Task.Delay(1, _trial.Cancel);
        }
    }

    /// <summary>Inflicts so many disturbances, spread over the market, each while the pipeline moves.</summary>
    public async Task DisturbAsync(int count, IReadOnlyList<Disturbance> kinds)
    {
        var before = 0L;
        for (var number = 0; number < count; number++)
        {
            var room = (Rows - 400 - before) / (count - number);
            var position = await ReachAsync(before + 1 + _trial.Random.NextInt64(Math.Max(1, room)));
            if (position >= Rows) return;
            var kind = kinds[_trial.Random.Next(kinds.Count)];
            var proof = await kind.InflictAsync(this, _trial.Random);
            _trial.Hit($"{kind.Name} at {position} of {Rows} rows, {position - before} on: {proof}");
            before = position;
        }
    }

    /// <summary>Lets the host finish, and holds everything it left against a run that nobody disturbed, the ledger and
    /// the independent checker.</summary>
    /// <param name="accepted">Findings of the checker that the scenario itself caused.</param>
    public async Task JudgeAsync(params string[] accepted)
    {
        await Judgement.OfRunAsync(await EndAsync());
        if (HostEndpoint == Wire.Endpoint) Ledger.ThrowUnlessItHeardAll();
        await VerifyLedgerAsync(await ControlAsync());
        await Judgement.OfStreamsAsync(Redis.Options, atRest: true, accepted, _trial.Cancel);
        _isJudged = true;
    }

    /// <summary>A host that never ends did not keep its promise.</summary>
    public async Task<TradeOsResult> EndAsync()
    {
        try
        {
            return await Host.EndAsync();
        }
        catch (TimeoutException hang)
        {
            throw new InvariantBrokenException(hang.Message);
        }
    }

    /// <summary>What must hold at every moment, looked at while no host writes: every acknowledged entry is there, and
    /// what the independent checker demands of a pipeline in the middle.</summary>
    public async Task ExamineAsync(bool strangersRead = false)
    {
        var control = await ControlAsync();
        await VerifyLedgerAsync(control);

        // An opening sets the group back to the checkpoint, and for that moment what was pending is behind it.
        string[] ofOpening = [CheckCodes.GroupMoved];
        string[] ofStrangers = [CheckCodes.GroupMoved, CheckCodes.Acknowledgement, CheckCodes.Consumer];
        await Judgement.OfStreamsAsync(
            Redis.Options, atRest: false, strangersRead ? ofStrangers : ofOpening, _trial.Cancel);
    }

    /// <summary>What a host said, the line that says why it ended before all.</summary>
    public static string Said(string error)
    {
        var lines = error.TrimEnd().Split('\n');
        var reason = lines.LastOrDefault(line => line.StartsWith("tradeos: ", StringComparison.Ordinal)) ?? lines[^1];
        return $"{reason}\n{error}";
    }

    /// <summary>Says that what it leaves proves nothing.</summary>
    public void Discard() => _isJudged = true;

    public async ValueTask DisposeAsync()
    {
        var log = _host?.Error;
        if (_host is { } host) await host.DisposeAsync();
        _control?.Dispose();
        await Wire.DisposeAsync();
        await Redis.KillAsync();
        Ledger.Dispose();
        if (!_isJudged) _trial.Keep(Redis.Directory, _data.Path, log);
        await Redis.DisposeAsync();
        _data.Dispose();
    }

    /// <summary>A bus on the server itself, past any proxy, for looking.</summary>
    public RedisStreamBus NewBus() => new(
        Redis.Options, ImmutableDictionary<string, StreamLimit>.Empty, new OpenGate(), Guid.NewGuid().ToString("N"),
        TimeProvider.System, NullLogger<RedisStreamBus>.Instance);

    /// <summary>The streams as if nothing had been trimmed.</summary>
    public StreamHistory HistoryOn(RedisStreamBus bus) => new(bus, bus.InspectStateAsync, ArchiveDirectory);

    private async Task VerifyLedgerAsync(ControlConnection control)
    {
        using var bus = NewBus();
        await Ledger.VerifyAsync(control, HistoryOn(bus));
    }

    /// <summary>A connection to the server itself, past any proxy, that answers; it ends with the world.</summary>
    private async Task<ControlConnection> ControlAsync()
    {
        // Asked once: a connection that the death of the server cut is known by its failure.
        if (_control is not null && await AnswersAsync(_control)) return _control;
        _control?.Dispose();
        return _control = await ControlConnection.ConnectAsync(Redis.Options, _trial.Cancel);
    }

    private static async Task<bool> AnswersAsync(ControlConnection control)
    {
        try
        {
            await control.ExecuteAsync("PING");
            return true;
        }
        catch (BusUnavailableException)
        {
            return false;
        }
    }

    private static long Number(RedisResult result) => long.Parse((string)result!, CultureInfo.InvariantCulture);
}
