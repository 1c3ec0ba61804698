namespace TradeOs.Tests.Chaos;

/// <summary>What keeps the promises, and how each is taken out for a control run.</summary>
/// <remarks>
/// A control runs the same scenario on a program built from this repository's own sources with one protection taken
/// out of them. The sources are copied and edited, never the product: it knows nothing of being tested.
/// </remarks>
internal static class Protections
{
    public const string PositionInCommit = "position-in-commit";

    /// <summary>Every protection by name, with the edits that take it out.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<SourceEdit>> All { get; } =
        new Dictionary<string, IReadOnlyList<SourceEdit>>(FaultProtections.All)
        {
            [PositionInCommit] =
            [
                new("TradeOs.Bus/Redis/commit.lua", "if ARGV[5] ~= '' then redis.call(", "if ARGV[5] == '?' then redis.call("),
            ],
        };
}

/// <summary>One change of a source file; it must match exactly once.</summary>
/// <param name="File">Path in the repository.</param>
/// <param name="Text">What stands there.</param>
/// <param name="Replacement">What shall stand there.</param>
internal sealed record SourceEdit(string File, string Text, string Replacement);
