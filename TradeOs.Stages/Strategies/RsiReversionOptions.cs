using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TradeOs.Stages;

/// <summary>Enters when the relative strength index comes back over the oversold level, leaves at the exit
/// level.</summary>
public sealed class RsiReversionOptions : ExitOptions, IValidatableObject
{
    /// <summary>Where these settings are.</summary>
    public const string Section = "Strategies:RsiReversion";

    /// <summary>Bars the index looks back, 2 to 500. Default 14.</summary>
    [Range(2, 500)]
    public int Period { get; set; } = 14;

    /// <summary>Enters when the index was below this and is no longer, 1 to 99. Default 30.</summary>
    [Range(1.0, 99.0)]
    public double Oversold { get; set; } = 30;

    /// <summary>Leaves when the index is at or above this, 1 to 100, above <see cref="Oversold"/>. Default
    /// 60.</summary>
    [Range(1.0, 100.0)]
    public double ExitLevel { get; set; } = 60;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Oversold >= ExitLevel)
            yield return CrossCheck.Failure(
                Section, nameof(Oversold), Oversold, "less than", nameof(ExitLevel), ExitLevel);
    }
}

/// <summary>Checks <see cref="RsiReversionOptions"/>.</summary>
[OptionsValidator]
public sealed partial class RsiReversionOptionsValidator : IValidateOptions<RsiReversionOptions>;
