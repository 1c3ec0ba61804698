using Microsoft.Extensions.Options;

namespace TradeOs.Stages;

/// <summary>What the strategies look at and when they enter and leave.</summary>
public sealed class StrategiesOptions
{
    /// <summary>Where these settings are.</summary>
    public const string Section = "Strategies";

    /// <summary>How trades become bars.</summary>
    [ValidateObjectMembers(typeof(BarsOptionsValidator))]
    public BarsOptions Bars { get; set; } = new();

    /// <summary>A fast average crossing a slow one.</summary>
    [ValidateObjectMembers(typeof(EmaCrossOptionsValidator))]
    public EmaCrossOptions EmaCross { get; set; } = new();

    /// <summary>A return after a fall that went too far.</summary>
    [ValidateObjectMembers(typeof(RsiReversionOptionsValidator))]
    public RsiReversionOptions RsiReversion { get; set; } = new();

    /// <summary>A price above everything seen for a while.</summary>
    [ValidateObjectMembers(typeof(DonchianBreakoutOptionsValidator))]
    public DonchianBreakoutOptions DonchianBreakout { get; set; } = new();
}

/// <summary>Checks <see cref="StrategiesOptions"/> with all its sections.</summary>
[OptionsValidator]
public sealed partial class StrategiesOptionsValidator : IValidateOptions<StrategiesOptions>;
