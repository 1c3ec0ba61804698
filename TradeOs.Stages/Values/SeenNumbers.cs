using System.Collections.Immutable;

namespace TradeOs.Stages;

/// <summary>Which numbers of a sequence were decided: all up to the largest but those left out.</summary>
/// <remarks>
/// The stage before counts one by one, so only what could not be read is left out; it may still come, requeued. One
/// number forged ahead therefore costs the one entry that has it, and not everything behind it.
/// </remarks>
/// <param name="Largest">Largest number decided; 0 before the first.</param>
/// <param name="LeftOut">Ranges below it that were never seen, rising; the newest <see cref="RangesMax"/> are
/// kept.</param>
internal sealed record SeenNumbers(long Largest, ImmutableArray<NumberRange> LeftOut)
{
    /// <summary>Farthest a number may be ahead of the largest. More entries in a row than this are not lost to
    /// <c>dead.letters</c> without a person looking.</summary>
    public const int AheadMax = 1000;

    /// <summary>Most ranges kept.</summary>
    public const int RangesMax = 64;

    public static SeenNumbers None { get; } = new(0, []);

    /// <summary>What is known after a number, and what that number is. The first one is taken at its word.</summary>
    public (SeenNumbers After, NumberKind Kind) See(long number)
    {
        if (number <= Largest) return SeeAgain(number);
        if (Largest > 0 && number - Largest > AheadMax) return (this, NumberKind.FarAhead);
        if (number == Largest + 1) return (this with { Largest = number }, NumberKind.New);
        var leftOut = LeftOut.Add(new(Largest + 1, number - 1));
        if (leftOut.Length > RangesMax) leftOut = leftOut.RemoveAt(0);
        return (new(number, leftOut), NumberKind.New);
    }

    /// <summary>What is said of an id too far ahead.</summary>
    public string DoubtOf(string field, string id) => FormattableString.Invariant(
        $"field '{field}' is \"{id}\", expected a number up to {Largest + AheadMax}: the last was {Largest}, and ") +
        "they are counted one by one; look who else wrote this entry, and drop the letter";

    private (SeenNumbers After, NumberKind Kind) SeeAgain(long number)
    {
        for (var index = 0; index < LeftOut.Length; index++)
        {
            var range = LeftOut[index];
            if (number < range.First || number > range.Last) continue;
            var left = LeftOut.RemoveAt(index);
            if (number < range.Last) left = left.Insert(index, range with { First = number + 1 });
            if (number > range.First) left = left.Insert(index, range with { Last = number - 1 });
            if (left.Length > RangesMax) left = left.RemoveAt(0);
            return (this with { LeftOut = left }, NumberKind.New);
        }

        return (this, NumberKind.Seen);
    }
}

/// <summary>Numbers from first to last, both included.</summary>
internal readonly record struct NumberRange(long First, long Last);

/// <summary>What a number means.</summary>
internal enum NumberKind
{
    /// <summary>It was not decided before.</summary>
    New,

    /// <summary>It was.</summary>
    Seen,

    /// <summary>Nobody can have counted that far: it is not believed.</summary>
    FarAhead,
}
