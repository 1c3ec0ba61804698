using System.Diagnostics;
using NUnit.Framework;
using TradeOs.Tests.EndToEnd;

namespace TradeOs.Tests.Retention;

/// <summary>The commands of docs/RETENTION.md do what the page says.</summary>
[TestFixture]
[Platform(Exclude = "Win", Reason = "They are for a Unix shell.")]
public sealed class RetentionPageTests
{
    [TestCase("group", "mine is registered: fills is not trimmed past what it is done with")]
    [TestCase("offset", "python is removed: signal.outcomes is trimmed without waiting for it.")]
    public async Task Block_TypedAsItStands_IsTaken(string mark, string said)
    {
        await using var redis = await RedisServerProcess.StartAsync();
        using var data = new TemporaryDirectory();
        var run = await RealDataTests.RunAsync(redis, data, "simulated:count=3000,rate=max");
        Assert.That(run.ExitCode, Is.Zero, run.ToString());
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "RETENTION.md"));
        var block = page.Split($"<!-- tried: {mark} -->\n```bash\n")[1].Split("```")[0];
        var names =
            $"redis-cli() {{ command redis-cli -e -p {redis.Port} \"$@\"; }}\n" +
            $"tradeos() {{ '{TradeOsProgram.Shipped.Path}' \"$@\" --redis {redis.Endpoint} " +
            $"--set Redis:Mode=External --data '{data.Path}'; }}\n";

        using var shell = Process.Start(new ProcessStartInfo("bash", ["-e", "-c", names + block])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var error = shell.StandardError.ReadToEndAsync();
        var output = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync();

        Assert.That(shell.ExitCode, Is.Zero, $"{output}\n{await error}");
        Assert.That(output, Does.Contain(said));
    }
}
