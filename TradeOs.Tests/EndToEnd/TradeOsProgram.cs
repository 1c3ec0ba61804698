namespace TradeOs.Tests.EndToEnd;

/// <summary>An executable to run, and what is added to its environment.</summary>
/// <param name="Path">The executable.</param>
/// <param name="Environment">Variables added to its environment.</param>
internal sealed record TradeOsProgram(string Path, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>The program as it is shipped.</summary>
    public static TradeOsProgram Shipped { get; } = new(
        System.IO.Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "tradeos.exe" : "tradeos"),
        new Dictionary<string, string>());

    /// <summary>The same with one more variable.</summary>
    public TradeOsProgram With(string name, string value) =>
        this with { Environment = new Dictionary<string, string>(Environment) { [name] = value } };
}
