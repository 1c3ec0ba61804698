using Spectre.Console;
using TradeOs.Host;

namespace TradeOs.Tests.Chaos;

/// <summary>What came of a run, for people and for programs.</summary>
internal static class ChaosReport
{
    /// <summary>The table, as Markdown where it is not read on a terminal, then what was broken.</summary>
    public static void Write(IAnsiConsole console, ChaosPlan plan, IReadOnlyList<ChaosLine> lines)
    {
        if (console.Profile.Capabilities.Interactive) WriteTable(console, lines);
        else WriteMarkdown(console.Profile.Out.Writer, lines);
        var writer = console.Profile.Out.Writer;
        foreach (var line in lines)
        {
            foreach (var text in line.Broken) writer.WriteLine($"BROKEN {line.Scenario}: {text}");
            foreach (var text in line.Troubles) writer.WriteLine($"TROUBLE {line.Scenario}: {text}");
        }

        var broken = lines.Sum(line => line.Broken.Count);
        writer.WriteLine(
            $"{lines.Sum(line => line.Rounds)} rounds of {lines.Count} scenarios, {lines.Sum(line => line.Hits)} faults " +
            $"hit, {broken} promises broken, seed {plan.Seed}.");
    }

    /// <summary>One JSON object.</summary>
    public static void WriteJson(ChaosPlan plan, IReadOnlyList<ChaosLine> lines) => Terminal.WriteJson(new
    {
        seed = plan.Seed,
        scenarios = lines.Select(line => new
        {
            name = line.Scenario.Name,
            injected = line.Scenario.Injected,
            promise = line.Scenario.Promise,
            rounds = line.Rounds,
            hits = line.Hits,
            result = line.Verdict,
            broken = line.Broken,
            troubles = line.Troubles,
            protection = line.Scenario.Protection,
            without_protection = line.Control,
        }),
    });

    private static void WriteTable(IAnsiConsole console, IReadOnlyList<ChaosLine> lines)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var title in (string[])["fault", "injected", "promise", "rounds", "hits", "result"])
            table.AddColumn(title);
        foreach (var line in lines)
        {
            table.AddRow(
                line.Scenario.Name, Markup.Escape(line.Scenario.Injected), Markup.Escape(line.Scenario.Promise),
                $"{line.Rounds}", $"{line.Hits}", Result(line));
        }

        console.Write(table);
    }

    private static void WriteMarkdown(TextWriter writer, IReadOnlyList<ChaosLine> lines)
    {
        writer.WriteLine("| fault | injected | promise | rounds | hits | result |");
        writer.WriteLine("|---|---|---|---|---|---|");
        foreach (var line in lines)
        {
            writer.WriteLine(
                $"| `{line.Scenario}` | {line.Scenario.Injected} | {line.Scenario.Promise} | {line.Rounds} | " +
                $"{line.Hits} | {Result(line)} |");
        }
    }

    private static string Result(ChaosLine line) => line.Control switch
    {
        null => line.Verdict,
        "" => $"{line.Verdict}; also without {line.Scenario.Protection}",
        _ => $"{line.Verdict}; fails without {line.Scenario.Protection}",
    };
}
