namespace TradeOs.Tests.Checking;

/// <summary>The test makes <c>check</c> find this.</summary>
/// <param name="codes">Codes of the findings.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FindsAttribute(params string[] codes) : Attribute
{
    public IReadOnlyList<string> Codes { get; } = codes;
}
