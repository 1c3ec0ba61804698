using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TradeOs.Stages;

/// <summary>What is believed of the market.</summary>
public sealed class MarketOptions
{
    /// <summary>Where these settings are.</summary>
    public const string Section = "Market";

    /// <summary>Farthest an entry of <c>market_data.raw</c> may be from the newest time of its symbol, forward or back,
    /// 1 minute to 3,650 days. Default 31 days, so that monthly bars pass.</summary>
    /// <remarks>One that is farther goes to <c>dead.letters</c>; a second one in a row that agrees with it moves market
    /// time there.</remarks>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan TimeJumpMax { get; set; } = TimeSpan.FromDays(31);
}

/// <summary>Checks <see cref="MarketOptions"/>.</summary>
[OptionsValidator]
public sealed partial class MarketOptionsValidator : IValidateOptions<MarketOptions>;
