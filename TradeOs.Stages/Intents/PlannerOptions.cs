using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TradeOs.Stages;

/// <summary>How much to trade: capital x risk fraction x weight, and x confidence when asked to.</summary>
public sealed class PlannerOptions
{
    /// <summary>Where these settings are.</summary>
    public const string Section = "Planner";

    /// <summary>Share of the capital one entry of weight 1 takes, 0.0001 to 1. Default 0.02.</summary>
    [Range(typeof(decimal), "0.0001", "1", ParseLimitsInInvariantCulture = true)]
    public decimal RiskFraction { get; set; } = 0.02m;

    /// <summary>Whether the signal's confidence scales the size too. Default false.</summary>
    public bool ScaleByConfidence { get; set; }

    /// <summary>Quantities are multiples of this many units, rounded down; 0.000000000001 to 1,000,000. Default
    /// 0.00001.</summary>
    [Range(typeof(decimal), "0.000000000001", "1000000", ParseLimitsInInvariantCulture = true)]
    public decimal QuantityStep { get; set; } = 0.00001m;
}

/// <summary>Checks <see cref="PlannerOptions"/>.</summary>
[OptionsValidator]
public sealed partial class PlannerOptionsValidator : IValidateOptions<PlannerOptions>;
