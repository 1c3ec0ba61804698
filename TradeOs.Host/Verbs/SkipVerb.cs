using Microsoft.Extensions.Logging;
using TradeOs.Bus;
using static TradeOs.Host.Terminal;

namespace TradeOs.Host;

/// <summary>What <c>skip</c> was asked for.</summary>
/// <param name="Stage">Which stage.</param>
/// <param name="Id">The entry it stopped at.</param>
/// <param name="Reason">Why.</param>
/// <param name="DryRun">Only says what would be done.</param>
internal sealed record SkipArguments(ReaderDefinition Stage, EntryId Id, string Reason, bool DryRun);

/// <summary><c>tradeos skip</c>: moves a stage behind the one entry it cannot process, and keeps that entry.</summary>
internal static class SkipVerb
{
    /// <summary>Skips; 1 when there was a reason not to, 3 when a host runs.</summary>
    public static async Task<int> RunAsync(
        Settings settings, SkipArguments arguments, bool json, CancellationToken cancellationToken)
    {
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(new ConsoleLog(TimeProvider.System)));
        await using var desk = await SkipDesk.OpenAsync(settings, loggers, cancellationToken);
        var outcome = await desk.SkipAsync(arguments, cancellationToken);
        if (json) WriteJson(Json(arguments, outcome));
        else Write(arguments, outcome);
        return outcome.Refusal is null ? ExitCode.Good : ExitCode.Failed;
    }

    private static void Write(SkipArguments arguments, SkipOutcome outcome)
    {
        var entry = $"{arguments.Stage.Input}/{arguments.Id}";
        if (outcome.Refusal is { } refusal) Say("red", "tradeos:", refusal);
        else if (arguments.DryRun) Console.Out.WriteLine($"{arguments.Stage.Name} would skip {entry}");
        else
        {
            Console.Out.WriteLine($"{arguments.Stage.Name} skipped {entry}");
            Say("blue", "Kept:",
                $"as dead letter {outcome.Letter}; the next start goes on behind it. When the bug is mended: tradeos " +
                $"dead requeue {outcome.Letter} --reason WHY");
        }
    }

    private static object Json(SkipArguments arguments, SkipOutcome outcome) => new
    {
        dry_run = arguments.DryRun,
        stage = arguments.Stage.Name,
        stream = arguments.Stage.Input,
        id = arguments.Id.ToString(),
        skipped = outcome.Refusal is null && !arguments.DryRun,
        letter = outcome.Letter?.ToString(),
        refused = outcome.Refusal,
    };
}
