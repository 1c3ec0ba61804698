using Microsoft.Extensions.Logging;
using TradeOs.Bus;
using static TradeOs.Host.Terminal;

namespace TradeOs.Host;

/// <summary><c>tradeos readers add</c>: from now on a stream is not trimmed past what a program is done with.</summary>
internal static class ReadersAddVerb
{
    /// <summary>What is not counted then is left to the host: a million entries.</summary>
    private const int StepsMax = 2_000;

    /// <summary>Registers it; 1 when there was a reason not to.</summary>
    public static async Task<int> RunAsync(
        Settings settings, OutsideReader reader, bool json, CancellationToken cancellationToken)
    {
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(new ConsoleLog(TimeProvider.System)));
        using var look = await BusLook.OpenAsync(settings, cancellationToken);
        using var gate = await VerbGate.OpenAsync(look.Control, settings, loggers);
        var registry = new OutsideRegistry(
            look.Control, await gate.AdmitAsync(cancellationToken), TimeProvider.System);
        var refusal = await registry.AddAsync(reader);
        if (refusal is not null)
        {
            if (json) WriteJson(new { name = reader.Name, stream = reader.Stream, added = false, refused = refusal });
            Say("red", "tradeos:", $"{reader.Name} is not added to {reader.Stream}: {refusal}. Nothing was written; " +
                "see tradeos readers list.");
            return ExitCode.Failed;
        }

        var step = await CountAsync(registry, reader, ArchiveReaders.Limits(settings)[reader.Stream]);
        if (json) WriteJson(Json(reader, step));
        else Write(reader, step);
        return ExitCode.Good;
    }

    /// <summary>It is registered at the oldest entry, and counted up to where it stands.</summary>
    private static async Task<OutsideStep?> CountAsync(
        OutsideRegistry registry, OutsideReader reader, StreamLimit limit)
    {
        OutsideStep? step = null;
        for (var count = 0; count < StepsMax && step is not { IsAll: true }; count++)
            step = await registry.FollowAsync(reader, limit, isAwaited: false, isFirst: true);
        return step;
    }

    private static void Write(OutsideReader reader, OutsideStep? step)
    {
        Console.Out.WriteLine(
            $"{reader.Name} is registered: {reader.Stream} is not trimmed past what it is done with, " +
            $"{(step?.Position is { } at && at > EntryId.Zero ? $"{at} now" : "nothing yet")}. Entries it has before " +
            $"it: {Number(step?.Unread ?? 0)}.");
        if (reader.Group.Length > 0)
            Say("blue", "Next:", $"it reads and acknowledges in its group {reader.Group}; that is all it has to do.");
        else
            Say("blue", "Next:",
                $"it says how far it is with: redis-cli HSET {RedisKeys.Offset(reader.Name)} position ID");
        Say("blue", "Stuck:", reader.OnStuck == StuckRule.Wait
            ? $"when {reader.Stream} is full of what it has not read, the pipeline waits for it."
            : $"when {reader.Stream} is full of what it has not read and it does not move for {reader.ReleaseAfter}, " +
              "it is waited for no longer.");
    }

    private static object Json(OutsideReader reader, OutsideStep? step) => new
    {
        name = reader.Name,
        stream = reader.Stream,
        added = true,
        group = reader.Group.Length > 0 ? reader.Group : null,
        offset_key = reader.Group.Length > 0 ? null : RedisKeys.Offset(reader.Name),
        on_stuck = OutsideRegistry.Word(reader.OnStuck),
        release_after = reader.OnStuck == StuckRule.Release ? reader.ReleaseAfter.ToString() : null,
        position = (step?.Position ?? EntryId.Zero).ToString(),
        count = step?.Count ?? 0,
        lag = step?.Unread ?? 0,
    };
}
