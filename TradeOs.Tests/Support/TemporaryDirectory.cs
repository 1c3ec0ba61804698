namespace TradeOs.Tests;

/// <summary>A directory of a test's own, removed with everything in it.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("tradeos-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
