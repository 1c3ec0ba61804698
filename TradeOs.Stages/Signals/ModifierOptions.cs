using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TradeOs.Stages;

/// <summary>How entries are weighted: the usual size at the target volatility, less when the symbol moves
/// more.</summary>
public sealed class ModifierOptions : IValidatableObject
{
    /// <summary>Where these settings are.</summary>
    public const string Section = "Modifier";

    /// <summary>Average true range over price at which the weight is 1, 0.000001 to 1. Default 0.0005, 5 basis points
    /// a bar.</summary>
    [Range(typeof(decimal), "0.000001", "1", ParseLimitsInInvariantCulture = true)]
    public decimal TargetVolatility { get; set; } = 0.0005m;

    /// <summary>Smallest weight, 0.01 to 100. Default 0.25.</summary>
    [Range(typeof(decimal), "0.01", "100", ParseLimitsInInvariantCulture = true)]
    public decimal WeightMin { get; set; } = 0.25m;

    /// <summary>Largest weight, 0.01 to 100, not below <see cref="WeightMin"/>. Default 2.</summary>
    [Range(typeof(decimal), "0.01", "100", ParseLimitsInInvariantCulture = true)]
    public decimal WeightMax { get; set; } = 2m;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (WeightMin > WeightMax)
            yield return CrossCheck.Failure(
                Section, nameof(WeightMin), WeightMin, "at most", nameof(WeightMax), WeightMax);
    }
}

/// <summary>Checks <see cref="ModifierOptions"/>.</summary>
[OptionsValidator]
public sealed partial class ModifierOptionsValidator : IValidateOptions<ModifierOptions>;
