using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TradeOs.Stages;

/// <summary>Which signals are worth acting on. Exits always are.</summary>
public sealed class QualifierOptions
{
    /// <summary>Where these settings are.</summary>
    public const string Section = "Qualifier";

    /// <summary>Least confidence of an entry, 0 to 1. Default 0.52.</summary>
    [Range(typeof(decimal), "0", "1", ParseLimitsInInvariantCulture = true)]
    public decimal ConfidenceMin { get; set; } = 0.52m;

    /// <summary>Market time between two entries of one strategy in one symbol, 0 to 30 days. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan Cooldown { get; set; } = TimeSpan.FromSeconds(5);
}

/// <summary>Checks <see cref="QualifierOptions"/>.</summary>
[OptionsValidator]
public sealed partial class QualifierOptionsValidator : IValidateOptions<QualifierOptions>;
