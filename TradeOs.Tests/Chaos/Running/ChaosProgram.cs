using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using TradeOs.Host;

namespace TradeOs.Tests.Chaos;

/// <summary>The long mode of the chaos harness, as <c>./chaos.sh</c> runs it.</summary>
internal static class ChaosProgram
{
    private const int Kept = 0;
    private const int Broken = 1;
    private const int CouldNotRun = 2;

    private static readonly Option<double> Minutes = new("--minutes")
    {
        Description = "How long; every scenario runs at least once, however long that takes.",
        DefaultValueFactory = _ => 20,
        HelpName = "N",
    };

    private static readonly Option<int?> Seed = new("--seed")
    {
        Description = "Repeats a run; with --only and --rounds 1 it repeats the round that printed it.",
        HelpName = "S",
    };

    private static readonly Option<string[]> Only = new("--only")
    {
        Description = "Only these scenarios, separated by commas; --list names them.",
        HelpName = "NAME",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<int?> Rounds = new("--rounds")
    {
        Description = "So many rounds of each scenario instead of a time.", HelpName = "N",
    };

    private static readonly Option<bool> Controls = new("--controls")
    {
        Description = "Also run each scenario with its protection taken out; it must fail then.",
    };

    private static readonly Option<bool> Json = new("--json") { Description = "The report as one JSON object." };

    private static readonly Option<bool> List = new("--list") { Description = "Name the scenarios and end." };

    /// <summary>0 when every promise was kept, 1 when one was broken, 2 when it could not run.</summary>
    public static async Task<int> Main(string[] arguments)
    {
        var command = new RootCommand("Breaks a pipeline in every way known, and looks whether it kept its promises.")
        {
            Minutes, Seed, Only, Rounds, Controls, Json, List,
        };
        command.SetAction(RunAsync);
        var parsed = command.Parse(arguments);
        return parsed.Errors.Count > 0 && await parsed.InvokeAsync() != Kept
            ? CouldNotRun
            : await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var console = parsed.GetValue(Json) ? Terminal.Error : Terminal.Out;
        if (parsed.GetValue(List)) return Names(console);
        try
        {
            var plan = PlanOf(parsed);
            console.MarkupLineInterpolated($"Chaos: {plan.Scenarios.Count} scenarios, seed [bold]{plan.Seed}[/].");
            var report = await new ChaosRun(plan, new ChaosView(console)).RunAsync(cancellationToken);
            if (parsed.GetValue(Json)) ChaosReport.WriteJson(plan, report);
            else ChaosReport.Write(console, plan, report);
            return report.Any(line => line.Broken.Count > 0) ? Broken
                : report.Any(line => line.Troubles.Count > 0 || line.Hits == 0) ? CouldNotRun
                : Kept;
        }
        catch (KeyNotFoundException unknown)
        {
            Terminal.Say("red", "chaos:", unknown.Message);
            return CouldNotRun;
        }
    }

    private static ChaosPlan PlanOf(ParseResult parsed)
    {
        var names = (parsed.GetValue(Only) ?? []).SelectMany(text => text.Split(',')).Where(name => name.Length > 0);
        var chosen = names.Select(Scenarios.Named).ToList();
        return new ChaosPlan(
            chosen.Count > 0 ? chosen : Scenarios.All,
            parsed.GetValue(Seed) ?? Random.Shared.Next(),
            parsed.GetValue(Rounds) is null ? TimeSpan.FromMinutes(parsed.GetValue(Minutes)) : null,
            parsed.GetValue(Rounds) ?? 1,
            parsed.GetValue(Controls));
    }

    private static int Names(IAnsiConsole console)
    {
        foreach (var scenario in Scenarios.All)
        {
            var name = scenario.Name.PadRight(Scenarios.All.Max(other => other.Name.Length) + 2);
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{name}{scenario.Injected}");
        }

        return Kept;
    }
}
