using Microsoft.Extensions.Logging;
using TradeOs.Bus;
using static TradeOs.Host.Terminal;

namespace TradeOs.Host;

/// <summary>What <c>dead requeue</c> and <c>dead drop</c> were asked for.</summary>
/// <param name="Letters">Which letters.</param>
/// <param name="Corrections">Fields to correct; null for a drop.</param>
/// <param name="Reason">Why.</param>
/// <param name="DryRun">Only says what would be done.</param>
internal sealed record DeadResolveArguments(
    IReadOnlyList<EntryId> Letters, IReadOnlyList<Correction>? Corrections, string Reason, bool DryRun);

/// <summary><c>tradeos dead requeue</c> and <c>tradeos dead drop</c>: what is done about a letter, each once.</summary>
internal static class DeadResolveVerb
{
    /// <summary>Resolves each in the order given; 1 when one was refused, the others are done all the same.</summary>
    public static async Task<int> RunAsync(
        Settings settings, DeadResolveArguments arguments, bool json, CancellationToken cancellationToken)
    {
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(new ConsoleLog(TimeProvider.System)));
        using var look = await DeadLook.OpenAsync(settings, cancellationToken);
        using var desk = await LetterDesk.OpenAsync(look, settings, loggers);
        var outcomes = new List<LetterOutcome>();
        foreach (var id in arguments.Letters)
        {
            var outcome = arguments.Corrections is { } corrections
                ? await desk.RequeueAsync(id, corrections, arguments.Reason, arguments.DryRun, cancellationToken)
                : await desk.DropAsync(id, arguments.Reason, arguments.DryRun, cancellationToken);
            outcomes.Add(outcome);
            if (!json) Write(outcome, arguments.DryRun);
        }

        if (json) WriteJson(Json(outcomes, arguments.DryRun));
        return outcomes.All(outcome => outcome.Refusal is null) ? ExitCode.Good : ExitCode.Failed;
    }

    private static void Write(LetterOutcome outcome, bool dryRun)
    {
        if (outcome.Refusal is { } refusal) Say("red", "tradeos:", refusal);
        else if (!dryRun) Console.Out.WriteLine($"{outcome.Id} {LetterLook.Said(outcome.Resolution!)}");
        else if (outcome.Resolution!.IsRequeue)
            Console.Out.WriteLine($"{outcome.Id} would be requeued to {outcome.Resolution.Stream}");
        else Console.Out.WriteLine($"{outcome.Id} would be dropped");
    }

    private static object Json(List<LetterOutcome> outcomes, bool dryRun) => new
    {
        dry_run = dryRun,
        letters = outcomes.Select(outcome => new
        {
            id = outcome.Id.ToString(),
            refused = outcome.Refusal,
            resolution = DeadJson.Of(outcome.Resolution),
        }),
    };
}
