using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;

namespace TradeOs.Host;

/// <summary>Why a host stands still, as it leaves it in its data directory: Redis may be what is away.</summary>
/// <param name="Host">What the host calls itself.</param>
/// <param name="Machine">Name of its machine.</param>
/// <param name="Process">Its process id.</param>
/// <param name="ProcessStart">When that process started, as the machine counts, so that a later one with the same id is
/// not taken for it.</param>
/// <param name="Paused">Why Redis is away; null while it answers.</param>
/// <param name="Waiting">Readers whose output has no room.</param>
internal sealed record StandstillNote(
    string Host, string Machine, int Process, string ProcessStart, PauseNote? Paused, ImmutableArray<WaitNote> Waiting)
{
    /// <summary>Whether its writer still runs; of another machine that is not known, and taken for true.</summary>
    [JsonIgnore]
    public bool IsOfLiving =>
        Machine != Environment.MachineName || ServerProcess.Find(Process)?.StartTime == ProcessStart;

    /// <summary>What stands still, since when and why: a sentence each.</summary>
    public IEnumerable<string> Sentences()
    {
        if (!IsOfLiving)
        {
            yield return $"Host {Host} ended while it stood still" +
                (Paused is null ? "" : $", paused since {Text(Paused.Since)}: {Paused.Reason}") +
                " Start one: tradeos run.";
            yield break;
        }

        if (Paused is not null) yield return $"Host {Host} is paused since {Text(Paused.Since)}: {Paused.Reason}";
        foreach (var wait in Waiting)
        {
            yield return wait.Cause is { } cause
                ? $"{wait.Reader} waits since {Text(wait.Since)}: {cause} It goes on by itself when it can."
                : $"{wait.Reader} waits for room since {Text(wait.Since)}: {wait.Room} is full. It goes on " +
                  "by itself when there is room.";
        }
    }

    private static string Text(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

/// <summary>Why the server is away.</summary>
/// <param name="Since">Since when.</param>
/// <param name="Reason">Why.</param>
internal sealed record PauseNote(DateTimeOffset Since, string Reason);

/// <summary>A reader that cannot commit because an output stream is full, or that something outside Redis
/// keeps.</summary>
/// <param name="Reader">Which.</param>
/// <param name="Room">The stream, and who has not read it: <c>fills held by outcome-tracker</c>; null where that is not
/// why.</param>
/// <param name="Since">Since when.</param>
/// <param name="Cause">What keeps it, a sentence; null where a stream is full.</param>
internal sealed record WaitNote(string Reader, string? Room, DateTimeOffset Since, string? Cause = null);
