using Microsoft.Extensions.Logging;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>What became of one letter.</summary>
/// <param name="Id">The letter.</param>
/// <param name="Resolution">What was, or would be, noted; null when it was refused.</param>
/// <param name="Refusal">Why nothing was written; null when it was.</param>
internal sealed record LetterOutcome(EntryId Id, Resolution? Resolution, string? Refusal);

/// <summary>Resolves letters: each once, on a server that keeps what it is told.</summary>
/// <remarks>It opens no reader and takes nobody's place, so a host may run meanwhile.</remarks>
internal sealed class LetterDesk : IDisposable
{
    private const int AttemptCountMax = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly BusLook _look;
    private readonly Settings _settings;
    private readonly VerbGate _gate;
    private bool _isInDoubt;

    private LetterDesk(BusLook look, Settings settings, VerbGate gate) =>
        (_look, _settings, _gate) = (look, settings, gate);

    /// <summary>Prepares the same examination of the server that a run makes; nothing is written yet.</summary>
    public static async Task<LetterDesk> OpenAsync(BusLook look, Settings settings, ILoggerFactory loggers)
    {
        var gate = await VerbGate.OpenAsync(look.Control, settings, loggers);
        return new LetterDesk(look, settings, gate);
    }

    /// <summary>Appends the letter's entry again, corrected, and notes it.</summary>
    public Task<LetterOutcome> RequeueAsync(
        EntryId id, IReadOnlyList<Correction> corrections, string reason, bool dryRun,
        CancellationToken cancellationToken) => ResolveAsync(
            id, dryRun,
            letter => Requeue.PlanAsync(_look, id, letter, corrections, _settings.Stages, cancellationToken),
            letter => new Resolution(id, true, letter.Stream, null, reason), cancellationToken);

    /// <summary>Notes that the letter will not be requeued.</summary>
    public Task<LetterOutcome> DropAsync(
        EntryId id, string reason, bool dryRun, CancellationToken cancellationToken) => ResolveAsync(
            id, dryRun, _ => Task.FromResult(new Requeue(default, null)),
            letter => new Resolution(id, false, letter.Stream, null, reason), cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private async Task<LetterOutcome> ResolveAsync(
        EntryId id, bool dryRun, Func<DeadLetter, Task<Requeue>> planAsync, Func<DeadLetter, Resolution> note,
        CancellationToken cancellationToken)
    {
        _isInDoubt = false;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var outcome = await AttemptAsync(id, dryRun, planAsync, note, cancellationToken);
                if (outcome is not null) return outcome;
                if (attempt < AttemptCountMax) continue;
                return new LetterOutcome(id, null,
                    $"{StreamNames.DeadLetters}/{id}: {attempt} looks did not reach the end of the stream, expected " +
                    "fewer than 256 entries to be appended in a moment. Nothing was written; try again when it is " +
                    "quieter.");
            }
            catch (BusUnavailableException) when (_isInDoubt && attempt < AttemptCountMax)
            {
                // The next look finds out whether it was written.
                await Task.Delay(Pause, TimeProvider.System, cancellationToken);
            }
            catch (BusUnavailableException lost) when (_isInDoubt)
            {
                throw new BusUnavailableException(
                    $"{lost.Message} Whether {StreamNames.DeadLetters}/{id} was resolved is not known. Run the same " +
                    "again: it is never done twice.", lost);
            }
        }
    }

    /// <summary>Looks, decides and writes; null when the stream moved on or the server was restarted.</summary>
    private async Task<LetterOutcome?> AttemptAsync(
        EntryId id, bool dryRun, Func<DeadLetter, Task<Requeue>> planAsync, Func<DeadLetter, Resolution> note,
        CancellationToken cancellationToken)
    {
        var look = await LetterLook.FindAsync(_look, id, cancellationToken);
        if (IsOurs(look, note)) return new LetterOutcome(id, look.Resolution, null);
        if (look.RefusalOf(id) is { } refusal) return new LetterOutcome(id, null, refusal);
        var plan = await planAsync(look.Letter!);
        if (plan.Refusal is not null) return new LetterOutcome(id, null, plan.Refusal);
        var resolution = note(look.Letter!);
        if (dryRun) return new LetterOutcome(id, resolution, null);
        var (result, detail) = await WriteAsync(look.Stream.LastId, resolution, plan.Entry, cancellationToken);
        if (result == ResolutionResult.Damaged)
        {
            return new LetterOutcome(id, null,
                $"{StreamNames.DeadLetters}/{id}: {detail}. Nothing was written; tradeos doctor says more.");
        }

        if (result != ResolutionResult.Resolved) return null;
        return new LetterOutcome(
            id, resolution with { Entry = resolution.IsRequeue ? EntryId.Parse(detail) : null }, null);
    }

    private async Task<(ResolutionResult Result, string Detail)> WriteAsync(
        EntryId seen, Resolution resolution, Fields entry, CancellationToken cancellationToken)
    {
        var runId = await _gate.AdmitAsync(cancellationToken);
        try
        {
            return await new LetterResolution(_look.Control, StreamNames.DeadLetters, runId).ResolveAsync(
                seen, resolution.ToFields(), Resolution.EntryField, resolution.IsRequeue ? resolution.Stream : null,
                entry);
        }
        catch (BusUnavailableException)
        {
            _isInDoubt = true;
            throw;
        }
    }

    /// <summary>Whether the resolution found is the one whose reply was lost; if another operator noted the very same
    /// meanwhile, what was asked for is done all the same.</summary>
    private bool IsOurs(LetterLook look, Func<DeadLetter, Resolution> note) =>
        _isInDoubt && look is { Letter: { } letter, Resolution: { } found }
        && note(letter) == found with { Entry = null };
}
