using System.CommandLine;
using System.Globalization;

namespace TradeOs.Benchmarks;

/// <summary>How long a real host needs to go on after its Redis answers again.</summary>
internal static class ResumeMeasurement
{
    private static readonly Option<int> TrialsOption = new("--trials")
    {
        Description = "Outages of each kind.", DefaultValueFactory = _ => 20,
    };

    private static readonly Option<int> SeedOption = new("--seed")
    {
        Description = "Seed of the outages' lengths.", DefaultValueFactory = _ => Random.Shared.Next(),
    };

    private static readonly Option<string> OnlyOption = new("--only")
    {
        Description = "One kind: " + string.Join(", ", Enum.GetNames<OutageKind>()),
        DefaultValueFactory = _ => "",
    };

    /// <summary>Measures and prints the distribution for each kind of outage.</summary>
    public static Task<int> RunAsync(string[] arguments)
    {
        var command = new RootCommand("Cuts a running host off its Redis and measures when it goes on.")
        {
            TrialsOption, SeedOption, OnlyOption,
        };
        command.SetAction((asked, _) => MeasureAsync(
            asked.GetValue(TrialsOption), asked.GetValue(SeedOption), asked.GetValue(OnlyOption)!));
        return command.Parse(arguments).InvokeAsync();
    }

    private static async Task MeasureAsync(int trials, int seed, string only)
    {
        Say($"{trials} outages of 0.3 to 2.5 s each, seed {seed}; {Machine.Describe()}");
        Say($"ms from Redis' first answer until all nine readers are open again and feed and first stage committed");
        foreach (var kind in Enum.GetValues<OutageKind>().Where(kind => only.Length == 0 || only == kind.ToString()))
        {
            var random = new Random(seed);
            await using var host = RunningHost.Start(kind);
            var took = new List<double>();
            for (var trial = 0; trial < trials; trial++)
            {
                await host.UntilMovingAsync();
                took.Add(await host.OutageAsync(TimeSpan.FromMilliseconds(random.Next(300, 2500))));
            }

            took.Sort();
            Say($"{kind,-14} min {took[0],5:0}  p50 {At(took, 0.5),5:0}  p90 {At(took, 0.9),5:0}  max {took[^1],5:0}");
            Say($"               over 1 s: {took.Count(one => one > 1000)} of {took.Count}");
        }
    }

    private static double At(List<double> sorted, double share) => sorted[(int)Math.Ceiling(share * sorted.Count) - 1];

    private static void Say(FormattableString text) =>
        Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}

/// <summary>How Redis is taken away.</summary>
internal enum OutageKind
{
    /// <summary>kill -9, and started again.</summary>
    Killed,

    /// <summary>kill -9 of a server that the host itself starts again.</summary>
    KilledManaged,

    /// <summary>SIGSTOP and SIGCONT.</summary>
    Stopped,

    /// <summary>Every connection closed, new ones refused.</summary>
    Refused,

    /// <summary>Every connection lost without a word, and those made meanwhile, too.</summary>
    Lost,
}
