using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TradeOs.Stages;

/// <summary>Enters when a fast average of closes crosses over a slow one, leaves when it crosses under.</summary>
public sealed class EmaCrossOptions : ExitOptions, IValidatableObject
{
    /// <summary>Where these settings are.</summary>
    public const string Section = "Strategies:EmaCross";

    /// <summary>Bars of the fast average, 2 to 499, below <see cref="SlowPeriod"/>. Default 8.</summary>
    [Range(2, 499)]
    public int FastPeriod { get; set; } = 8;

    /// <summary>Bars of the slow average, 3 to 500. Default 21.</summary>
    [Range(3, 500)]
    public int SlowPeriod { get; set; } = 21;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (FastPeriod >= SlowPeriod)
            yield return CrossCheck.Failure(
                Section, nameof(FastPeriod), FastPeriod, "less than", nameof(SlowPeriod), SlowPeriod);
    }
}

/// <summary>Checks <see cref="EmaCrossOptions"/>.</summary>
[OptionsValidator]
public sealed partial class EmaCrossOptionsValidator : IValidateOptions<EmaCrossOptions>;
