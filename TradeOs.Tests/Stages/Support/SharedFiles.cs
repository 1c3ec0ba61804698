using System.IO.Compression;
using NUnit.Framework;

namespace TradeOs.Tests.Stages;

/// <summary>Recorded market data and third-party expected values, in <c>../shared/data</c> beside the
/// repository.</summary>
internal static class SharedFiles
{
    /// <summary>Lines of a file; the test is inconclusive where the folder is absent.</summary>
    public static IReadOnlyList<string> Lines(string path)
    {
        var folder = Path.Combine(Root(), "..", "shared", "data");
        Assume.That(Directory.Exists(folder), $"{Path.GetFullPath(folder)} is absent: this test needs recorded data.");
        using var file = File.OpenRead(Path.Combine(folder, path));
        using Stream content = path.EndsWith(".gz", StringComparison.Ordinal)
            ? new GZipStream(file, CompressionMode.Decompress)
            : new BufferedStream(file);
        using var reader = new StreamReader(content);
        var lines = new List<string>();
        while (reader.ReadLine() is { } line) lines.Add(line);
        return lines;
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "TradeOs.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("No TradeOs.sln above the test's directory.");
    }
}
