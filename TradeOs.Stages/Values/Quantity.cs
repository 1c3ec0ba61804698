using System.Globalization;
using System.Text.Json.Serialization;

namespace TradeOs.Stages;

/// <summary>A number of units of the base currency; never negative.</summary>
public readonly record struct Quantity : IComparable<Quantity>
{
    /// <summary>Makes a quantity.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    [JsonConstructor]
    public Quantity(decimal value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        Value = value;
    }

    /// <summary>Units of base currency.</summary>
    public decimal Value { get; }

    /// <summary>Whether <paramref name="left"/> is the smaller quantity.</summary>
    public static bool operator <(Quantity left, Quantity right) => left.Value < right.Value;

    /// <summary>Whether <paramref name="left"/> is the larger quantity.</summary>
    public static bool operator >(Quantity left, Quantity right) => left.Value > right.Value;

    /// <summary>Whether <paramref name="left"/> is not the larger quantity.</summary>
    public static bool operator <=(Quantity left, Quantity right) => left.Value <= right.Value;

    /// <summary>Whether <paramref name="left"/> is not the smaller quantity.</summary>
    public static bool operator >=(Quantity left, Quantity right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public int CompareTo(Quantity other) => Value.CompareTo(other.Value);

    /// <summary>Shortest exact text, the same everywhere.</summary>
    public override string ToString() => Value.ToString(Canonical.DecimalFormat, CultureInfo.InvariantCulture);
}
