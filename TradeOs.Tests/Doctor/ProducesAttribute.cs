namespace TradeOs.Tests.Doctor;

/// <summary>The test makes something wrong and finds it under this code.</summary>
/// <param name="code">Code of the check.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class ProducesAttribute(string code) : Attribute
{
    /// <summary>Code of the check.</summary>
    public string Code => code;
}
