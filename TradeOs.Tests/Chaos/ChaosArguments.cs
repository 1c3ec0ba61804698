using System.Globalization;

namespace TradeOs.Tests.Chaos;

/// <summary>What was typed behind <c>./chaos.sh</c>.</summary>
internal sealed record ChaosArguments
{
    /// <summary>Shown when an argument is wrong.</summary>
    public const string Usage =
        "Usage: ./chaos.sh [--minutes N] [--seed S] [--only NAME,...] [--rounds N] [--short] [--controls] [--json]";

    /// <summary>Below this a round is a short one.</summary>
    private const double LongMinutesMin = 10;

    /// <summary>No round is begun after that; every scenario runs once all the same. Default 20.</summary>
    public double Minutes { get; private init; } = 20;

    /// <summary>All chance comes from it; the first round of a scenario has it itself. Default random.</summary>
    public int Seed { get; private init; } = Random.Shared.Next();

    /// <summary>What to run.</summary>
    public IReadOnlyList<Scenario> Scenarios { get; private init; } = Chaos.Scenarios.All;

    /// <summary>Rounds of each scenario; null for as many as the time allows.</summary>
    public int? Rounds { get; private init; }

    /// <summary>Whether each scenario is also run without its protection.</summary>
    public bool HasControls { get; private init; }

    /// <summary>Whether one JSON object is printed instead of a table.</summary>
    public bool IsJson { get; private init; }

    /// <summary>Whether rounds are short ones.</summary>
    public bool IsShort { get; private init; }

    /// <summary>Reads them.</summary>
    /// <exception cref="ArgumentException">One is wrong; the message says which and what was expected.</exception>
    public static ChaosArguments Parse(IReadOnlyList<string> words)
    {
        var (result, isShort) = (new ChaosArguments(), (bool?)null);
        for (var index = 0; index < words.Count; index++)
        {
            var word = words[index];
            result = word switch
            {
                "--minutes" => result with { Minutes = Number(0, 10_000) },
                "--seed" => result with { Seed = (int)Number(0, int.MaxValue) },
                "--only" => result with { Scenarios = [.. Value().Split(',').Select(Chaos.Scenarios.Named)] },
                "--rounds" => result with { Rounds = (int)Number(1, 1_000_000) },
                "--controls" => result with { HasControls = true },
                "--json" => result with { IsJson = true },
                "--short" => result,
                _ => throw new ArgumentException($"'{word}' is no argument. {Usage}", nameof(words)),
            };
            if (word == "--short") isShort = true;

            string Value() => ++index < words.Count
                ? words[index]
                : throw new ArgumentException($"{word} needs a value. {Usage}", nameof(words));

            double Number(double min, double max)
            {
                var text = Value();
                return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                    && number >= min && number <= max
                    ? number
                    : throw new ArgumentException($"{word} is '{text}', expected {min} to {max}. {Usage}", nameof(words));
            }
        }

        return result with { IsShort = isShort ?? (result.Minutes < LongMinutesMin && result.Rounds is null) };
    }

    /// <summary>Has a round again.</summary>
    public string CommandOf(Scenario scenario, int seed) => string.Create(
        CultureInfo.InvariantCulture,
        $"./chaos.sh --only {scenario.Name} --seed {seed} --rounds 1{(IsShort ? " --short" : "")}");
}
