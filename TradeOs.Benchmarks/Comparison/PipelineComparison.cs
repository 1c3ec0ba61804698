using System.CommandLine;
using TradeOs.Host;

namespace TradeOs.Benchmarks;

/// <summary>What Redis can do, what the pipeline makes of it and what usual consumers would: side by side.</summary>
/// <remarks>Sides take turns, each on a new server, because only ratios taken close together mean anything.</remarks>
internal sealed class PipelineComparison
{
    private readonly ComparisonArguments _arguments;
    private readonly List<Figure> _figures = [];

    private PipelineComparison(ComparisonArguments arguments) => _arguments = arguments;

    /// <summary>Runs the comparison and prints it. It measures; it never fails because something was slow.</summary>
    public static Task<int> RunAsync(string[] arguments) =>
        ComparisonArguments.Command(asked => new PipelineComparison(asked).RunAsync()).Parse(arguments)
            // A signal ends the process at once; the server goes with it.
            .InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });

    private async Task<int> RunAsync()
    {
        if (_arguments.Earlier.Length > 0 && !File.Exists(_arguments.Earlier))
        {
            Terminal.Say("red", "benchmark:", $"--compare: {_arguments.Earlier} is no file; expected the JSON of an " +
                "earlier run, as --results writes it.");
            return ExitCode.Usage;
        }

        if (_arguments.FsyncDelay > 0 && !SlowDisk.TryPut(_arguments.FsyncDelay, out var problem))
        {
            Terminal.Say("red", "benchmark:", $"--fsync-delay: {problem}");
            return ExitCode.Usage;
        }

        (ComparisonPart Part, Func<ComparisonArguments, Task<IEnumerable<Figure>>> Measure)[] parts =
        [
            (ComparisonPart.Throughput, ThroughputPart.MeasureAsync),
            (ComparisonPart.Latency, LatencyPart.MeasureAsync),
            (ComparisonPart.Shipped, ShippedPart.MeasureAsync),
            (ComparisonPart.Growth, GrowthPart.MeasureAsync),
            (ComparisonPart.Start, StartPart.MeasureAsync),
            (ComparisonPart.Replay, ReplayPart.MeasureAsync),
        ];
        await WarmUp.RunAsync(_arguments);
        var failed = false;
        foreach (var (part, measure) in parts)
        {
            var isMeant = _arguments.Only is { } only
                ? only == part : !(_arguments.IsQuick && part == ComparisonPart.Growth);
            if (!isMeant) continue;
            try
            {
                _figures.AddRange(await measure(_arguments));
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                // What other parts measured in many minutes is kept.
                failed = true;
                Terminal.Say("red", "benchmark:", $"{part} could not be measured: {failure.Message}");
            }
        }

        var report = new FigureReport(_figures, Machine.Describe(), _arguments);
        report.Write();
        if (_arguments.Results.Length > 0) report.Save(_arguments.Results);
        if (_arguments.Earlier.Length > 0) report.Compare(_arguments.Earlier);
        return failed ? ExitCode.Failed : ExitCode.Good;
    }
}
