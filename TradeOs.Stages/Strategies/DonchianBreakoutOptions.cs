using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TradeOs.Stages;

/// <summary>Enters when a bar closes above the highest high before it, leaves below the lowest low.</summary>
public sealed class DonchianBreakoutOptions : ExitOptions, IValidatableObject
{
    /// <summary>Where these settings are.</summary>
    public const string Section = "Strategies:DonchianBreakout";

    /// <summary>Bars before the current one whose highest high must be passed, 2 to 500. Default 20.</summary>
    [Range(2, 500)]
    public int EntryBars { get; set; } = 20;

    /// <summary>Bars before the current one whose lowest low must hold, 1 to 500, at most <see cref="EntryBars"/>.
    /// Default 10.</summary>
    [Range(1, 500)]
    public int ExitBars { get; set; } = 10;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ExitBars > EntryBars)
            yield return CrossCheck.Failure(
                Section, nameof(ExitBars), ExitBars, "at most", nameof(EntryBars), EntryBars);
    }
}

/// <summary>Checks <see cref="DonchianBreakoutOptions"/>.</summary>
[OptionsValidator]
public sealed partial class DonchianBreakoutOptionsValidator : IValidateOptions<DonchianBreakoutOptions>;
