using Microsoft.Extensions.Logging;
using TradeOs.Bus;
using TradeOs.Stages;
using static TradeOs.Host.Terminal;

namespace TradeOs.Host;

/// <summary><c>tradeos halt</c>, <c>reduce-only</c>, <c>resume</c>: the order is on disk before anything is said, and
/// where a host runs, it is waited for until the stages obey.</summary>
internal static class ControlVerb
{
    /// <summary>An idle stage looks once in <c>Pipeline:ReadWait</c>, a second at most; one that waits for room at
    /// every attempt. Only a stage that hangs takes longer.</summary>
    private static readonly TimeSpan ObeyWaitMax = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Sets the mode; 1 when a host runs and a stage did not obey in time.</summary>
    public static async Task<int> RunAsync(
        Settings settings, TradingMode mode, string reason, bool json, CancellationToken cancellationToken)
    {
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(new ConsoleLog(TimeProvider.System)));
        await using var server = await StartedAsync(settings, loggers, cancellationToken);
        using var look = await BusLook.OpenAsync(settings, cancellationToken);
        using var gate = await VerbGate.OpenAsync(look.Control, settings, loggers);
        var outcome = await new ControlDesk(look, gate, TimeProvider.System).OrderAsync(
            mode, reason, cancellationToken);
        if (!json) WriteOutcome(outcome);
        var host = await LivingHost.NameAsync(look.Control);
        var report = host is null
            ? await ControlReport.ReadAsync(look)
            : await ObeyedAsync(look, outcome.Flag, cancellationToken);
        var late = host is null ? [] : report.Stages.Where(stage => !IsDone(stage, outcome.Flag)).ToList();
        if (json) WriteJson(Json(outcome, host, report));
        else WriteStages(outcome.Flag, host, report);
        foreach (var stage in late)
        {
            Say("red", "tradeos:",
                $"{stage.Stage} has not obeyed within {ObeyWaitMax.TotalSeconds:0} s. The order is on disk, and " +
                $"{stage.Stage} cannot commit anything before it obeys. Look why it stands still: tradeos status");
        }

        return late.Count == 0 ? ExitCode.Good : ExitCode.Failed;
    }

    /// <summary>A managed server runs only while a host does: for the order it is started alone, so that nothing of the
    /// backlog is decided before.</summary>
    private static async Task<RedisServer?> StartedAsync(
        Settings settings, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var known = new InstanceFile(settings.DataDirectory).Read();
        if (settings.Redis.Mode == RedisMode.External || known?.Server != InstanceRecord.Managed) return null;
        var probe = await ServerProbe.AskAsync(settings.Redis, cancellationToken);
        return probe.Presence != ServerPresence.Absent
            ? null
            : await RedisServer.StartAsync(
                settings.Redis, settings.DataDirectory, TimeProvider.System, loggers.CreateLogger<RedisServer>(),
                cancellationToken);
    }

    private static async Task<ControlReport> ObeyedAsync(
        BusLook look, ControlFlag flag, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var report = await ControlReport.ReadAsync(look);
            if (report.Stages.All(stage => IsDone(stage, flag))) return report;
            if (TimeProvider.System.GetElapsedTime(started) > ObeyWaitMax) return report;
            await Task.Delay(LookInterval, TimeProvider.System, cancellationToken);
        }
    }

    private static bool IsDone(StageObedience stage, ControlFlag flag) => stage.Obeyed?.Number >= flag.Number;

    private static void WriteOutcome(ControlOutcome outcome)
    {
        var flag = outcome.Flag;
        if (outcome.Replaced is { } damage)
            Say("yellow", "tradeos:", $"{damage}: replaced.");
        Console.Out.WriteLine(outcome.IsChanged
            ? $"Trading is {flag.ForPeople}. The order is on disk."
            : $"Trading is {flag.ForPeople}{(flag.Number > 0 ? " already" : "")}. Nothing was written.");
    }

    private static void WriteStages(ControlFlag flag, string? host, ControlReport report)
    {
        if (host is null)
        {
            Console.Out.WriteLine(
                "No host runs. The next one obeys before it decides anything: tradeos run");
            return;
        }

        foreach (var stage in report.Stages.Where(stage => IsDone(stage, flag) && stage.Note is not null))
            Console.Out.WriteLine($"{stage.Stage} obeys since {After(stage)}.");
        if (flag.Mode != TradingMode.Normal) Console.Out.WriteLine("To trade on: tradeos resume --reason WHY");
    }

    private static string After(StageObedience stage) => stage.Note is not { Count: > 0 } note
        ? "before its first entry"
        : $"entry {note.After} of {Topology.Reader(stage.Stage).Input}, the last one decided before";

    private static object Json(ControlOutcome outcome, string? host, ControlReport report) => new
    {
        changed = outcome.IsChanged,
        mode = outcome.Flag.Word,
        number = outcome.Flag.Number,
        since = outcome.Flag.Number == 0 ? null : outcome.Flag.SinceText,
        reason = outcome.Flag.Reason,
        replaced = outcome.Replaced,
        host,
        stages = report.Stages.ToDictionary(stage => stage.Stage, stage => new
        {
            obeys = IsDone(stage, outcome.Flag),
            after = IsDone(stage, outcome.Flag) ? stage.Note?.After.ToString() : null,
            count = IsDone(stage, outcome.Flag) ? stage.Note?.Count : null,
        }),
    };
}
