using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TradeOs.Stages;

/// <summary>How trades become bars.</summary>
public sealed class BarsOptions
{
    /// <summary>Where these settings are.</summary>
    public const string Section = "Strategies:Bars";

    /// <summary>Market time one bar covers, 1 ms to 1 day, counted from midnight. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Bars the average true range looks back, 2 to 500. Default 14.</summary>
    [Range(2, 500)]
    public int AtrPeriod { get; set; } = 14;

    /// <summary>Oldest quote whose bid and ask a signal carries, in market time, 1 ms to 1 day. Default 5 s.</summary>
    /// <remarks>Beyond it bid and ask equal the price, as where no quotes are fed.</remarks>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan QuoteAgeMax { get; set; } = TimeSpan.FromSeconds(5);
}

/// <summary>Checks <see cref="BarsOptions"/>.</summary>
[OptionsValidator]
public sealed partial class BarsOptionsValidator : IValidateOptions<BarsOptions>;
