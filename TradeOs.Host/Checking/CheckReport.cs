using System.Collections.Immutable;

namespace TradeOs.Host;

/// <summary>What a check found, proved and could not prove.</summary>
/// <param name="Findings">What must not be, in the order found; at most <see cref="FindingsOfCodeMax"/> of a
/// code.</param>
/// <param name="Counts">How many findings of each code, those left out included.</param>
/// <param name="Stages">What became of every input.</param>
/// <param name="Streams">What each stream holds.</param>
/// <param name="Unproven">What could not be proven, and why.</param>
public sealed record CheckReport(
    ImmutableArray<CheckFinding> Findings,
    ImmutableSortedDictionary<string, long> Counts,
    ImmutableArray<StageLine> Stages,
    ImmutableArray<StreamContent> Streams,
    ImmutableArray<Unproven> Unproven)
{
    /// <summary>Findings of one code that are told one by one, 50.</summary>
    public const int FindingsOfCodeMax = 50;

    /// <summary>Whether nothing was found.</summary>
    public bool IsClean => Findings.IsEmpty;
}

/// <summary>What became of the inputs of one stage: the first number is the sum of the others.</summary>
/// <param name="Stage">Its name.</param>
/// <param name="Input">What it reads.</param>
/// <param name="Added">Entries ever appended to its input.</param>
/// <param name="Gone">Of them trimmed or deleted.</param>
/// <param name="Output">Held, and the stage wrote an entry of its output for them.</param>
/// <param name="Rejected">Held, and refused.</param>
/// <param name="Dead">Held, and buried as dead letters.</param>
/// <param name="Silent">Held, and nothing was to be said.</param>
/// <param name="Unknown">Held and processed; what was written for them has been trimmed, or is missing.</param>
/// <param name="Waiting">Not processed yet.</param>
public sealed record StageLine(
    string Stage, string Input, long Added, long Gone, long Output, long Rejected, long Dead, long Silent, long Unknown,
    long Waiting);

/// <summary>One stream as it was checked.</summary>
/// <param name="Stream">Its name.</param>
/// <param name="Entries">Entries read.</param>
/// <param name="Added">Entries ever appended.</param>
/// <param name="Outside">Of those read, appended by other programs or requeued by an operator.</param>
/// <param name="Sha256">Digest as the summary of a run prints it; null when an entry was too large to be read
/// whole.</param>
public sealed record StreamContent(string Stream, long Entries, long Added, long Outside, string? Sha256);
