using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TradeOs.Stages;

/// <summary>How the paper exchange fills.</summary>
public sealed class ExecutionOptions
{
    /// <summary>Where these settings are.</summary>
    public const string Section = "Execution";

    /// <summary>How far from bid or ask an order is filled. Default <see cref="SlippageModel.FixedBps"/>.</summary>
    [EnumDataType(typeof(SlippageModel))]
    public SlippageModel Slippage { get; set; } = SlippageModel.FixedBps;

    /// <summary>Slippage of every order, basis points of the price, 0 to 1,000. Default 1.</summary>
    [Range(typeof(decimal), "0", "1000", ParseLimitsInInvariantCulture = true)]
    public decimal SlippageBps { get; set; } = 1m;

    /// <summary>Further slippage of an order as large as the bar's volume, share of the price, 0 to 1. Default
    /// 0.1.</summary>
    /// <remarks>Only with <see cref="SlippageModel.VolumeShare"/>; it grows with the square of quantity over volume,
    /// at most 1.</remarks>
    [Range(typeof(decimal), "0", "1", ParseLimitsInInvariantCulture = true)]
    public decimal ImpactMax { get; set; } = 0.1m;

    /// <summary>Fill prices are multiples of this, rounded against the trader; 0.000000000001 to 1,000. Default
    /// 0.00000001.</summary>
    /// <remarks>Set it to the venue's tick size; the default is small enough for any symbol.</remarks>
    [Range(typeof(decimal), "0.000000000001", "1000", ParseLimitsInInvariantCulture = true)]
    public decimal PriceStep { get; set; } = 0.00000001m;

    /// <summary>Fee of every fill, basis points of its notional, 0 to 1,000. Default 2.</summary>
    [Range(typeof(decimal), "0", "1000", ParseLimitsInInvariantCulture = true)]
    public decimal FeeBps { get; set; } = 2m;

    /// <summary>Smallest fee of a fill, quote currency, 0 to 1,000,000. Default 0.</summary>
    [Range(typeof(decimal), "0", "1000000", ParseLimitsInInvariantCulture = true)]
    public decimal FeeMinimum { get; set; }

    /// <summary>What fees are said to be paid in, 1 to 32 letters and digits. Default <c>quote</c>.</summary>
    /// <remarks>
    /// Symbols are only names here: nobody splits BTCUSDT into what is traded and what is paid with. Fees are in the
    /// quote currency of the symbol, and this is what <c>fee_asset</c> calls it; set it to e.g. USDT where all
    /// symbols share one.
    /// </remarks>
    [Required]
    [RegularExpression("[A-Za-z0-9]{1,32}")]
    public string FeeAsset { get; set; } = "quote";
}

/// <summary>How far from bid or ask a paper order is filled.</summary>
public enum SlippageModel
{
    /// <summary>Always <see cref="ExecutionOptions.SlippageBps"/>.</summary>
    FixedBps,

    /// <summary>That, and an impact that grows with the square of quantity over the bar's volume.</summary>
    VolumeShare,
}

/// <summary>Checks <see cref="ExecutionOptions"/>.</summary>
[OptionsValidator]
public sealed partial class ExecutionOptionsValidator : IValidateOptions<ExecutionOptions>;
