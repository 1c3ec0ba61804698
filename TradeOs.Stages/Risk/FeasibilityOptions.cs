using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TradeOs.Stages;

/// <summary>Limits no order passes. They bound entries; exits only shrink what is at stake and are spared most of
/// them.</summary>
public sealed class FeasibilityOptions : IValidatableObject
{
    /// <summary>Where these settings are.</summary>
    public const string Section = "Feasibility";

    /// <summary>Smallest quantity of an entry, units, above 0. Default 0.00001.</summary>
    [Range(typeof(decimal), "0.000000000001", "100000000000000", ParseLimitsInInvariantCulture = true)]
    public decimal QuantityMin { get; set; } = 0.00001m;

    /// <summary>Largest quantity of an entry, units. Default 1,000,000.</summary>
    [Range(typeof(decimal), "0.000000000001", "100000000000000", ParseLimitsInInvariantCulture = true)]
    public decimal QuantityMax { get; set; } = 1_000_000m;

    /// <summary>Smallest notional of an entry, quote currency, 0 or more. Default 10.</summary>
    [Range(typeof(decimal), "0", "1000000000000", ParseLimitsInInvariantCulture = true)]
    public decimal NotionalMin { get; set; } = 10m;

    /// <summary>Largest notional of an entry, quote currency. Default 10,000.</summary>
    [Range(typeof(decimal), "0", "1000000000000", ParseLimitsInInvariantCulture = true)]
    public decimal NotionalMax { get; set; } = 10_000m;

    /// <summary>Largest worst-case cost of one symbol's position over all strategies, quote currency. Default
    /// 10,000.</summary>
    [Range(typeof(decimal), "0", "1000000000000", ParseLimitsInInvariantCulture = true)]
    public decimal PositionMax { get; set; } = 10_000m;

    /// <summary>Largest worst-case cost of all positions as a share of the capital, 0.01 to 10. Default 1: no
    /// borrowed money.</summary>
    [Range(typeof(decimal), "0.01", "10", ParseLimitsInInvariantCulture = true)]
    public decimal ExposureMax { get; set; } = 1m;

    /// <summary>Widest spread of an entry as a share of the price, 0 to 1. Default 0.01.</summary>
    [Range(typeof(decimal), "0", "1", ParseLimitsInInvariantCulture = true)]
    public decimal SpreadMax { get; set; } = 0.01m;

    /// <summary>Largest step of an entry's price from the last one seen of the symbol, as a share of that, 0.0001 to
    /// 10. Default 0.2.</summary>
    /// <remarks>Bid and ask may not be further from the price either. The price seen is any intent's, refused ones
    /// too.</remarks>
    [Range(typeof(decimal), "0.0001", "10", ParseLimitsInInvariantCulture = true)]
    public decimal DeviationMax { get; set; } = 0.2m;

    /// <summary>Entries approved in one <see cref="RateWindow"/>, 1 to 10,000. Default 60.</summary>
    [Range(1, 10_000)]
    public int RateMax { get; set; } = 60;

    /// <summary>Market time the rate is counted over, before and after the intent's own time, 1 ms to 1 day. Default 1
    /// minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan RateWindow { get; set; } = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (QuantityMin > QuantityMax)
            yield return CrossCheck.Failure(
                Section, nameof(QuantityMin), QuantityMin, "at most", nameof(QuantityMax), QuantityMax);
        if (NotionalMin > NotionalMax)
            yield return CrossCheck.Failure(
                Section, nameof(NotionalMin), NotionalMin, "at most", nameof(NotionalMax), NotionalMax);
    }
}

/// <summary>Checks <see cref="FeasibilityOptions"/>.</summary>
[OptionsValidator]
public sealed partial class FeasibilityOptionsValidator : IValidateOptions<FeasibilityOptions>;
