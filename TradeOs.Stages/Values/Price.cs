using System.Globalization;
using System.Text.Json.Serialization;

namespace TradeOs.Stages;

/// <summary>An amount of quote currency for one unit of base currency; never negative.</summary>
public readonly record struct Price : IComparable<Price>
{
    /// <summary>Makes a price.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    [JsonConstructor]
    public Price(decimal value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        Value = value;
    }

    /// <summary>Quote currency per unit.</summary>
    public decimal Value { get; }

    /// <summary>Quote currency for <paramref name="quantity"/> at <paramref name="price"/>, exact.</summary>
    public static decimal operator *(Price price, Quantity quantity) => price.Value * quantity.Value;

    /// <summary>Whether <paramref name="left"/> is the lower price.</summary>
    public static bool operator <(Price left, Price right) => left.Value < right.Value;

    /// <summary>Whether <paramref name="left"/> is the higher price.</summary>
    public static bool operator >(Price left, Price right) => left.Value > right.Value;

    /// <summary>Whether <paramref name="left"/> is not the higher price.</summary>
    public static bool operator <=(Price left, Price right) => left.Value <= right.Value;

    /// <summary>Whether <paramref name="left"/> is not the lower price.</summary>
    public static bool operator >=(Price left, Price right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public int CompareTo(Price other) => Value.CompareTo(other.Value);

    /// <summary>Shortest exact text, the same everywhere: 1.10 gives "1.1", 1E-7 gives "0.0000001".</summary>
    public override string ToString() => Value.ToString(Canonical.DecimalFormat, CultureInfo.InvariantCulture);
}
