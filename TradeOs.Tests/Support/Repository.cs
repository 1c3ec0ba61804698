namespace TradeOs.Tests;

/// <summary>The repository the tests were built from.</summary>
public static class Repository
{
    /// <summary>Its top: the first directory above the tests that holds TradeOs.sln.</summary>
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "TradeOs.sln")))
            directory = directory.Parent ?? throw new InvalidOperationException("TradeOs.sln is not above the tests.");
        return directory.FullName;
    }
}
