using System.Globalization;

namespace TradeOs.Benchmarks;

/// <summary>One thing measured, beside what DESIGN owes and aims at.</summary>
/// <param name="What">The question, short; a later run is compared with it by this name.</param>
/// <param name="Measured">The answer: the median of the rounds where there are several.</param>
/// <param name="Low">Lowest round.</param>
/// <param name="High">Highest round.</param>
/// <param name="Unit">Unit of the figures; empty for a ratio.</param>
/// <param name="Owed">What it must reach; null where nothing is owed.</param>
/// <param name="Aim">What would be excellent; null where nothing is aimed at.</param>
/// <param name="LowIsGood">Whether less is better.</param>
internal sealed record Figure(
    string What, double Measured, double Low, double High, string Unit, double? Owed = null, double? Aim = null,
    bool LowIsGood = false)
{
    /// <summary>Whether it keeps what is owed; null where nothing is.</summary>
    public bool? IsKept => Owed is { } owed ? (LowIsGood ? Measured <= owed : Measured >= owed) : null;

    /// <summary>Of several rounds.</summary>
    public static Figure Of(
        string what, IEnumerable<double> rounds, string unit, double? owed = null, double? aim = null,
        bool lowIsGood = false)
    {
        double[] sorted = [.. rounds.Order()];
        return new Figure(what, Median(sorted), sorted[0], sorted[^1], unit, owed, aim, lowIsGood);
    }

    /// <summary>Three figures are more than a noisy machine can tell; whole numbers from a hundred up.</summary>
    public static string Text(double? value) => value is not { } number
        ? ""
        : number.ToString(Math.Abs(number) >= 100 ? "#,0" : "0.##", CultureInfo.InvariantCulture);

    /// <summary>The middle one; of an even number the mean of the two in the middle.</summary>
    private static double Median(double[] sorted) =>
        (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
}
