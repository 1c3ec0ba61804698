using System.Diagnostics;
using System.Globalization;
using NUnit.Framework;
using TradeOs.Host;

namespace TradeOs.Tests.ManagedServers;

/// <summary>Whether a process that is not our child still runs.</summary>
public sealed class ServerProcessTests
{
    [Test]
    public async Task Process_ThatEndedAndNobodyWaitedFor_IsNotAlive()
    {
        // The shell becomes a sleep that never waits for the child it began: the child ends as a zombie.
        var start = new ProcessStartInfo("sh", ["-c", "sleep 0.2 & echo $!; exec sleep 60"])
        {
            RedirectStandardOutput = true,
        };
        using var parent = Process.Start(start)!;
        try
        {
            var id = int.Parse((await parent.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);

            await Poll.UntilAsync(() => Task.FromResult(ServerProcess.Find(id) is null));

            Assert.That(await File.ReadAllTextAsync($"/proc/{id}/stat"), Does.Contain(") Z "));
        }
        finally
        {
            parent.Kill();
        }
    }
}
