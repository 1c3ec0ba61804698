using Microsoft.Extensions.Logging;
using TradeOs.Bus;
using static TradeOs.Host.Terminal;

namespace TradeOs.Host;

/// <summary><c>tradeos readers remove</c>: nothing waits for a program any more.</summary>
internal static class ReadersRemoveVerb
{
    /// <summary>Removes it; 1 when there is none of that name.</summary>
    public static async Task<int> RunAsync(
        Settings settings, string name, bool json, CancellationToken cancellationToken)
    {
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(new ConsoleLog(TimeProvider.System)));
        using var look = await BusLook.OpenAsync(settings, cancellationToken);
        using var gate = await VerbGate.OpenAsync(look.Control, settings, loggers);
        var runId = await gate.AdmitAsync(cancellationToken);
        var snapshot = await RetentionSnapshot.TakeAsync(look.Control, ArchiveReaders.Limits(settings));
        var found = snapshot.Outside.FirstOrDefault(standing => standing.Reader.Name == name);
        var isRemoved = found is not null && await new OutsideRegistry(look.Control, runId, TimeProvider.System)
            .RemoveAsync(found.Reader);
        if (json) WriteJson(new { name, stream = found?.Reader.Stream, removed = isRemoved });
        else if (isRemoved)
            Console.Out.WriteLine($"{name} is removed: {found!.Reader.Stream} is trimmed without waiting for it.");
        if (isRemoved) return ExitCode.Good;
        Say("red", "tradeos:", $"there is no outside reader {name}; see tradeos readers list.");
        return ExitCode.Failed;
    }
}
