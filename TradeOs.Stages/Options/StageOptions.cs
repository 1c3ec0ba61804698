using System.Collections.Immutable;
using Microsoft.Extensions.Options;

namespace TradeOs.Stages;

/// <summary>Everything the stages can be told; each property is a section of the configuration of the same
/// name.</summary>
public sealed class StageOptions
{
    /// <summary>The account everything is counted against.</summary>
    [ValidateObjectMembers(typeof(AccountOptionsValidator))]
    public AccountOptions Account { get; set; } = new();

    /// <summary>What is believed of the market.</summary>
    [ValidateObjectMembers(typeof(MarketOptionsValidator))]
    public MarketOptions Market { get; set; } = new();

    /// <summary>What the strategies look at and when they enter and leave.</summary>
    [ValidateObjectMembers(typeof(StrategiesOptionsValidator))]
    public StrategiesOptions Strategies { get; set; } = new();

    /// <summary>Which signals are worth acting on.</summary>
    [ValidateObjectMembers(typeof(QualifierOptionsValidator))]
    public QualifierOptions Qualifier { get; set; } = new();

    /// <summary>How signals are weighted by volatility.</summary>
    [ValidateObjectMembers(typeof(ModifierOptionsValidator))]
    public ModifierOptions Modifier { get; set; } = new();

    /// <summary>How much to trade.</summary>
    [ValidateObjectMembers(typeof(PlannerOptionsValidator))]
    public PlannerOptions Planner { get; set; } = new();

    /// <summary>Limits no order passes.</summary>
    [ValidateObjectMembers(typeof(FeasibilityOptionsValidator))]
    public FeasibilityOptions Feasibility { get; set; } = new();

    /// <summary>How the paper exchange fills.</summary>
    [ValidateObjectMembers(typeof(ExecutionOptionsValidator))]
    public ExecutionOptions Execution { get; set; } = new();

    /// <summary>What is wrong, one line a setting; empty when everything is right.</summary>
    public ImmutableArray<string> Validate()
    {
        var result = new StageOptionsValidator().Validate(null, this);
        return result.Failed ? [.. result.Failures] : [];
    }
}

/// <summary>Checks <see cref="StageOptions"/> with all its sections.</summary>
[OptionsValidator]
public sealed partial class StageOptionsValidator : IValidateOptions<StageOptions>;
