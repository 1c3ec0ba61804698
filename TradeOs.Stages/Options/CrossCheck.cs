using System.ComponentModel.DataAnnotations;

namespace TradeOs.Stages;

/// <summary>What is said when two settings of a section do not go together.</summary>
internal static class CrossCheck
{
    /// <summary>Such as <c>Modifier:WeightMin is 3, expected at most WeightMax, which is 2.</c></summary>
    public static ValidationResult Failure<T>(
        string section, string key, T found, string relation, string otherKey, T other) =>
        new(FormattableString.Invariant(
            $"{section}:{key} is {found}, expected {relation} {otherKey}, which is {other}."));
}
