using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TradeOs.Stages;

/// <summary>The account everything is counted against.</summary>
public sealed class AccountOptions
{
    /// <summary>Where these settings are.</summary>
    public const string Section = "Account";

    /// <summary>Names the account in order ids (<c>label-12</c>): 1 to 32 letters, digits, dashes, underscores.
    /// Default <c>paper</c>.</summary>
    /// <remarks>A broker takes the order id for the order itself, so two accounts at one broker need two
    /// labels.</remarks>
    [Required]
    [RegularExpression("[A-Za-z0-9_-]{1,32}")]
    public string Label { get; set; } = "paper";

    /// <summary>Money the account starts with, in quote currency, 1 to 1,000,000,000,000. Default 100,000.</summary>
    [Range(typeof(decimal), "1", "1000000000000", ParseLimitsInInvariantCulture = true)]
    public decimal Capital { get; set; } = 100_000m;
}

/// <summary>Checks <see cref="AccountOptions"/>.</summary>
[OptionsValidator]
public sealed partial class AccountOptionsValidator : IValidateOptions<AccountOptions>;
