using System.CommandLine;
using System.Globalization;

namespace TradeOs.Benchmarks;

/// <summary>What a comparison was asked for.</summary>
/// <param name="Rounds">How often each side is run, in turns.</param>
/// <param name="Ticks">Ticks of the saturated pipeline in one round.</param>
/// <param name="BatchCountMax">Entries of a commit, as <c>Pipeline:BatchCountMax</c>.</param>
/// <param name="Only">The one part to run; null for all.</param>
/// <param name="IsQuick">A part of everything, for a first look.</param>
/// <param name="Json">One JSON object on standard output instead of a table.</param>
/// <param name="Results">Directory that gets the table and the object as files; empty for none.</param>
/// <param name="Earlier">The JSON of an earlier run to compare with; empty for none.</param>
/// <param name="FsyncDelay">Microseconds each fsync takes longer than the disk needs.</param>
internal sealed record ComparisonArguments(
    int Rounds, int Ticks, int BatchCountMax, ComparisonPart? Only, bool IsQuick, bool Json, string Results,
    string Earlier, int FsyncDelay)
{
    private const int RoundsFull = 3;
    private const int TicksFull = 60_000;
    private const int TicksQuick = 40_000;
    private const int FsyncDelayMax = 1_000_000;

    private static readonly Option<int?> RoundsOption = new("--rounds")
    {
        Description = $"How often each side is run, in turns; the median counts. {RoundsFull}, or 1 with --quick.",
    };

    private static readonly Option<int?> TicksOption = new("--ticks")
    {
        Description = $"Ticks of the saturated pipeline in one round. {TicksFull}, or {TicksQuick} with --quick.",
    };

    private static readonly Option<int> BatchOption = new("--batch")
    {
        Description = "Entries of a commit.",
        DefaultValueFactory = _ => 128,
    };

    private static readonly Option<ComparisonPart?> OnlyOption = new("--only") { Description = "The one part to run." };

    private static readonly Option<bool> QuickOption =
        new("--quick") { Description = "One round of everything but growth, in under two minutes." };

    private static readonly Option<bool> JsonOption =
        new("--json") { Description = "One JSON object instead of a table." };

    private static readonly Option<string> ResultsOption = new("--results")
    {
        Description = "Directory that gets the result as markdown and as JSON, named by the time.",
        DefaultValueFactory = _ => "",
    };

    private static readonly Option<string> EarlierOption = new("--compare")
    {
        Description = "JSON of an earlier run: prints the change of each ratio.",
        DefaultValueFactory = _ => "",
    };

    private static readonly Option<int> FsyncDelayOption = new("--fsync-delay")
    {
        Description = $"Microseconds each fsync takes longer, as on a slower disk, up to {FsyncDelayMax}; needs cc.",
        DefaultValueFactory = _ => 0,
    };

    /// <summary>The command whose action is run with what was asked for.</summary>
    public static RootCommand Command(Func<ComparisonArguments, Task<int>> action)
    {
        var command = new RootCommand("Compares the pipeline with Redis itself and with two usual consumers.")
        {
            RoundsOption, TicksOption, BatchOption, OnlyOption, QuickOption, JsonOption, ResultsOption, EarlierOption,
            FsyncDelayOption,
        };
        FsyncDelayOption.Validators.Add(delay =>
        {
            var asked = delay.Tokens.Select(token => token.Value).SingleOrDefault("0");
            if (!int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out var us) || us > FsyncDelayMax)
                delay.AddError($"--fsync-delay is {asked}, expected microseconds from 0 to {FsyncDelayMax}.");
        });
        command.SetAction((parsed, _) => action(new ComparisonArguments(
            parsed.GetValue(RoundsOption) ?? (parsed.GetValue(QuickOption) ? 1 : RoundsFull),
            parsed.GetValue(TicksOption) ?? (parsed.GetValue(QuickOption) ? TicksQuick : TicksFull),
            parsed.GetValue(BatchOption), parsed.GetValue(OnlyOption), parsed.GetValue(QuickOption),
            parsed.GetValue(JsonOption), parsed.GetValue(ResultsOption)!, parsed.GetValue(EarlierOption)!,
            parsed.GetValue(FsyncDelayOption))));
        return command;
    }
}

/// <summary>A part of the comparison.</summary>
internal enum ComparisonPart
{
    /// <summary>Saturated, over Redis itself and over two usual consumers.</summary>
    Throughput,

    /// <summary>Tick to last stream at steady rates.</summary>
    Latency,

    /// <summary>The stages that ship, on made and on recorded markets, and the memory of the host.</summary>
    Shipped,

    /// <summary>Longer streams, more symbols, more signal engines.</summary>
    Growth,

    /// <summary>Start to first commit, and Redis back to first commit.</summary>
    Start,

    /// <summary>The in-memory bus.</summary>
    Replay,
}
