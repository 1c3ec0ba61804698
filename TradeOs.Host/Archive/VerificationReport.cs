using System.Collections.Immutable;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>Something that is wrong with an archive.</summary>
/// <param name="File">The file it is about.</param>
/// <param name="Wrong">What is wrong: a sentence.</param>
internal sealed record ArchiveFinding(string File, string Wrong);

/// <summary>What a verification of one stream's archive found.</summary>
/// <param name="Stream">Which stream.</param>
/// <param name="Segments">Sealed segments that are there.</param>
/// <param name="Entries">Entries in everything that was looked at.</param>
/// <param name="Last">Last of them.</param>
/// <param name="Findings">What is wrong; empty when nothing is.</param>
/// <param name="Notes">What is no fault, and worth knowing.</param>
/// <param name="Unproven">What could not be looked at.</param>
internal sealed record VerificationReport(
    string Stream, int Segments, long Entries, EntryId Last, ImmutableArray<ArchiveFinding> Findings,
    ImmutableArray<string> Notes, ImmutableArray<string> Unproven);
