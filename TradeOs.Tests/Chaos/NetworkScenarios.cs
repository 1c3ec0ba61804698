using System.Collections.Concurrent;

namespace TradeOs.Tests.Chaos;

/// <summary>A network between host and server that loses, cuts, delays, stalls and trickles.</summary>
internal static class NetworkScenarios
{
    private static readonly Fault[] Faults = [.. Enum.GetValues<Fault>().Where(fault => fault != Fault.None)];

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new(
            "network", "a proxy drops, cuts, delays, stalls, half-closes or throttles random requests and answers",
            "nothing lost, nothing twice; same streams", Protections.PositionInCommit, RunAsync) { RoundsLong = 5 },
    ];

    private static async Task RunAsync(Trial trial)
    {
        await using var world = await World.CreateAsync(trial);
        var weather = new Weather(trial, trial.IsShort ? 2 * Faults.Length : 160);
        await using var proxy = new TcpProxy(Hold.PortOf(world), weather.DecideAsync);
        world.HostEndpoint = proxy.Endpoint;
        world.MoreArguments = FreezeScenarios.Impatient;
        await world.StartHostAsync();

        // Opened in good weather: a host that cannot reach its server at the start ends with exit code 2, as promised.
        await world.ReachAsync(1);
        weather.IsBad = true;
        while (weather.IsBad)
        {
            Standing.ThrowIfEnded(world);
            await weather.SayAsync(world);
        }

        await weather.SayAsync(world);
        await Freeze.ExamineAsync(world);
        await world.JudgeAsync();
        var missing = Faults.Where(fault => proxy.Hits.GetValueOrDefault(fault) == 0).ToList();
        if (missing.Count > 0) throw new InvalidOperationException($"Never hit: {string.Join(", ", missing)}.");
        trial.Say(string.Join(", ", proxy.Hits.OrderBy(hit => hit.Key).Select(hit => $"{hit.Key} {hit.Value}")));
    }

    /// <summary>So many faults, each kind in turn, on random requests of all connections.</summary>
    private sealed class Weather(Trial trial, int faults)
    {
        private const int EveryMax = 200;

        private readonly Lock _lock = new();
        private readonly ConcurrentQueue<string> _hits = [];
        private int _next;
        private int _wait = 1;
        private volatile bool _isBad;

        public bool IsBad
        {
            get => _isBad;
            set => _isBad = value;
        }

        public Task<Fault> DecideAsync(string request)
        {
            lock (_lock)
            {
                if (!_isBad || --_wait > 0) return Task.FromResult(Fault.None);
                _wait = trial.Random.Next(1, trial.IsShort ? EveryMax / 2 : EveryMax);
                var fault = Faults[_next++ % Faults.Length];
                _hits.Enqueue($"{fault} of {Hold.Committing(request) ?? request.Split("\r\n").ElementAtOrDefault(2)}");
                if (_next == faults) _isBad = false;
                return Task.FromResult(fault);
            }
        }

        /// <summary>Reports what hit since it was asked last, with where the pipeline is.</summary>
        public async Task SayAsync(World world)
        {
            var position = await world.PositionAsync();

            // The last rows are in: what is left of the weather would hit a pipeline that stands.
            if (position >= World.Rows) _isBad = false;
            while (_hits.TryDequeue(out var hit)) trial.Hit($"{hit} at {position} of {World.Rows} rows");
            await Task.Delay(1, trial.Cancel);
        }
    }
}
