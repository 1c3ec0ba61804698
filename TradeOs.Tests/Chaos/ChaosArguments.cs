using System.CommandLine;
using System.Globalization;

namespace TradeOs.Tests.Chaos;

/// <summary>What was typed behind <c>./chaos.sh</c>.</summary>
internal sealed record ChaosArguments
{
    /// <summary>Below this a round is a short one.</summary>
    private const double LongMinutesMin = 10;

    private static readonly Option<double> MinutesOption = new("--minutes")
    {
        Description = "No round is begun after that; every scenario runs once all the same. Below 10 rounds are short.",
        DefaultValueFactory = _ => 20, HelpName = "N",
    };

    private static readonly Option<int?> SeedOption = new("--seed")
    {
        Description = "All chance; the first round of a scenario has it itself.", HelpName = "S",
    };

    private static readonly Option<string?> OnlyOption = new("--only")
    {
        Description = "These scenarios, with commas between; --list names them.", HelpName = "NAME,...",
    };

    private static readonly Option<int?> RoundsOption = new("--rounds")
    {
        Description = "So many rounds of each scenario, whatever the time.", HelpName = "N",
    };

    private static readonly Option<int?> CapsOption = new("--caps")
    {
        Description = $"MaxLength of every stream, from {StreamCaps.Min}; default as shipped.", HelpName = "N",
    };

    private static readonly Option<bool> ShortOption = new("--short") { Description = "Short rounds." };

    private static readonly Option<bool> ControlsOption = new("--controls")
    {
        Description = "Afterwards each scenario without its protection; it must fail.",
    };

    private static readonly Option<bool> JsonOption = new("--json") { Description = "The report as one JSON object." };

    private static readonly Option<bool> ListOption = new("--list") { Description = "Name the scenarios and end." };

    /// <summary>No round is begun after that; every scenario runs once all the same.</summary>
    public double Minutes { get; private init; }

    /// <summary>All chance comes from it; the first round of a scenario has it itself.</summary>
    public int Seed { get; private init; }

    /// <summary>What to run.</summary>
    public required IReadOnlyList<Scenario> Scenarios { get; init; }

    /// <summary>Rounds of each scenario; null for as many as the time allows.</summary>
    public int? Rounds { get; private init; }

    /// <summary>Whether each scenario is also run without its protection.</summary>
    public bool HasControls { get; private init; }

    /// <summary>Whether one JSON object is printed instead of a table.</summary>
    public bool IsJson { get; private init; }

    /// <summary>Whether rounds are short ones.</summary>
    public bool IsShort { get; private init; }

    /// <summary>MaxLength of every stream; null is as shipped.</summary>
    public int? Caps { get; private init; }

    /// <summary>Whether the scenarios are only to be named.</summary>
    public bool IsList { get; private init; }

    /// <summary>The command whose arguments these are.</summary>
    public static RootCommand Command(Func<ChaosArguments, Task<int>> run)
    {
        var command = new RootCommand("Breaks a pipeline in every way known and looks whether it kept its promises.")
        {
            MinutesOption, SeedOption, OnlyOption, RoundsOption, CapsOption, ShortOption, ControlsOption, JsonOption,
            ListOption,
        };
        CapsOption.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() < StreamCaps.Min)
                result.AddError($"--caps is {result.GetValueOrDefault<int?>()}, expected {StreamCaps.Min} or more.");
        });
        command.SetAction((parsed, _) => run(Of(parsed)));
        return command;
    }

    /// <summary>Has a round again.</summary>
    public string CommandOf(Scenario scenario, int seed) => string.Create(
        CultureInfo.InvariantCulture,
        $"./chaos.sh --only {scenario.Name} --seed {seed} --rounds 1{(IsShort ? " --short" : "")}" +
        $"{(Caps is { } caps ? $" --caps {caps}" : "")}");

    private static ChaosArguments Of(ParseResult parsed)
    {
        var minutes = parsed.GetValue(MinutesOption);
        var rounds = parsed.GetValue(RoundsOption);
        return new ChaosArguments
        {
            Minutes = minutes,
            Seed = parsed.GetValue(SeedOption) ?? Random.Shared.Next(),
            Scenarios = parsed.GetValue(OnlyOption) is { } names
                ? [.. names.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Chaos.Scenarios.Named)]
                : Chaos.Scenarios.All,
            Rounds = rounds,
            HasControls = parsed.GetValue(ControlsOption),
            IsJson = parsed.GetValue(JsonOption),
            IsShort = parsed.GetValue(ShortOption) || (minutes < LongMinutesMin && rounds is null),
            Caps = parsed.GetValue(CapsOption),
            IsList = parsed.GetValue(ListOption),
        };
    }
}
