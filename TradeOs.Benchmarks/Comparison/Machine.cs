using System.Diagnostics;
using System.Runtime.InteropServices;

namespace TradeOs.Benchmarks;

/// <summary>Where the figures were measured: without it they mean nothing.</summary>
/// <param name="Cores">Logical processors this process may use.</param>
/// <param name="System">Operating system and architecture.</param>
/// <param name="Runtime">Version of .NET.</param>
/// <param name="Redis">Version of redis-server.</param>
internal sealed record Machine(int Cores, string System, string Runtime, string Redis)
{
    /// <summary>This machine.</summary>
    public static Machine Describe() => new(
        Environment.ProcessorCount, $"{RuntimeInformation.OSDescription.Trim()} {RuntimeInformation.OSArchitecture}",
        RuntimeInformation.FrameworkDescription, RedisVersion());

    /// <inheritdoc/>
    public override string ToString() => $"{Cores} cores, {System}, {Runtime}, {Redis}";

    /// <summary><c>redis-server 7.0.15</c> of <c>Redis server v=7.0.15 sha=...</c>.</summary>
    private static string RedisVersion()
    {
        using var server = Process.Start(
            new ProcessStartInfo("redis-server", ["--version"]) { RedirectStandardOutput = true });
        var words = server?.StandardOutput.ReadToEnd().Split(' ') ?? [];
        return $"redis-server {words.FirstOrDefault(word => word.StartsWith("v=", StringComparison.Ordinal))?[2..]}";
    }
}
