using System.CommandLine;

namespace TradeOs.Benchmarks;

/// <summary>What a comparison was asked for.</summary>
/// <param name="Rounds">How often each side is run, in turns.</param>
/// <param name="Ticks">Ticks of the saturated pipeline in one round.</param>
/// <param name="BatchCountMax">Entries of a commit, as <c>Pipeline:BatchCountMax</c>.</param>
/// <param name="Only">The one part to run; null for all.</param>
/// <param name="Json">One JSON object on standard output instead of a table.</param>
internal sealed record ComparisonArguments(int Rounds, int Ticks, int BatchCountMax, ComparisonPart? Only, bool Json)
{
    private static readonly Option<int> RoundsOption = new("--rounds")
    {
        Description = "How often each side is run, in turns; the median counts.",
        DefaultValueFactory = _ => 3,
    };

    private static readonly Option<int> TicksOption = new("--ticks")
    {
        Description = "Ticks of the saturated pipeline in one round.",
        DefaultValueFactory = _ => 60_000,
    };

    private static readonly Option<int> BatchOption = new("--batch")
    {
        Description = "Entries of a commit.",
        DefaultValueFactory = _ => 128,
    };

    private static readonly Option<ComparisonPart?> OnlyOption = new("--only") { Description = "The one part to run." };

    private static readonly Option<bool> JsonOption =
        new("--json") { Description = "One JSON object instead of a table." };

    /// <summary>The command whose action is run with what was asked for.</summary>
    public static RootCommand Command(Func<ComparisonArguments, Task> action)
    {
        var command = new RootCommand("Compares the pipeline with Redis itself and with a naive consumer.")
        {
            RoundsOption, TicksOption, BatchOption, OnlyOption, JsonOption,
        };
        command.SetAction((parsed, _) => action(new ComparisonArguments(
            parsed.GetValue(RoundsOption), parsed.GetValue(TicksOption), parsed.GetValue(BatchOption),
            parsed.GetValue(OnlyOption), parsed.GetValue(JsonOption))));
        return command;
    }
}

/// <summary>A part of the comparison.</summary>
internal enum ComparisonPart
{
    /// <summary>Saturated, over Redis itself and over a naive consumer.</summary>
    Throughput,

    /// <summary>Tick to last stream at a steady rate.</summary>
    Latency,

    /// <summary>The stages that ship, and the memory of the host.</summary>
    Real,

    /// <summary>A long stream over a short one.</summary>
    Depth,

    /// <summary>The in-memory bus.</summary>
    Replay,
}
