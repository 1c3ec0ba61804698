using NUnit.Framework;

namespace TradeOs.Tests.Feeds;

/// <summary>Recorded market data beside the repository, at ../shared/data from its root; never part of it.</summary>
internal static class SharedData
{
    /// <summary>Path of a file there; the test is skipped where the folder is absent.</summary>
    public static string Path(string relative)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null
            && !File.Exists(System.IO.Path.Combine(folder.FullName, "TradeOs.sln"))) folder = folder.Parent;
        var data = System.IO.Path.GetFullPath(System.IO.Path.Combine(folder?.FullName ?? ".", "..", "shared", "data"));
        if (!Directory.Exists(data)) Assert.Ignore(
            $"{data} is absent: put the recorded market data there to run this test.");
        return System.IO.Path.Combine(data, relative);
    }
}
