using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace TradeOs.Stages;

/// <summary>The highest or the lowest of the last values, as a monotonic queue: of the values only those are kept that
/// no later one beats, because no other can be it any more.</summary>
/// <param name="Count">Values seen, up to the period of the last one.</param>
/// <param name="Values">Oldest first, each less extreme than the one before it.</param>
/// <param name="Ages">How many values came behind each of them.</param>
internal sealed record RollingExtreme(int Count, ImmutableArray<double> Values, ImmutableArray<int> Ages)
{
    public static RollingExtreme Empty { get; } = new(0, [], []);

    /// <summary>The extreme of the last values; null until there were so many.</summary>
    public double? Value(int period)
    {
        if (Count < period) return null;
        var first = 0;
        while (Ages[first] >= period) first++;
        return Values[first];
    }

    /// <summary>With one more; a period that options have shortened since cuts at once.</summary>
    public RollingExtreme Add(double value, int period, Extreme extreme)
    {
        var first = 0;
        while (first < Values.Length && Ages[first] + 1 >= period) first++;
        var end = Values.Length;
        while (end > first && (extreme == Extreme.Highest ? value >= Values[end - 1] : value <= Values[end - 1])) end--;
        var ages = new int[end - first + 1];
        for (var kept = first; kept < end; kept++) ages[kept - first] = Ages[kept] + 1;
        return new(
            Math.Min(Count + 1, period), [.. Values.AsSpan()[first..end], value],
            ImmutableCollectionsMarshal.AsImmutableArray(ages));
    }
}

/// <summary>Which end of the values is meant.</summary>
internal enum Extreme
{
    /// <summary>The largest.</summary>
    Highest,

    /// <summary>The smallest.</summary>
    Lowest,
}
