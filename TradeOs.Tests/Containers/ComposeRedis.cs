using System.Diagnostics;
using System.Text;

namespace TradeOs.Tests.Containers;

/// <summary>The command of service redis, word for word, on this machine's redis-server.</summary>
/// <remarks>
/// Only its paths are those of this machine, and it listens on a loopback port instead of on every address of a
/// container. The script becomes the server, so that a kill reaches it.
/// </remarks>
internal sealed class ComposeRedis : IAsyncDisposable
{
    private readonly int _port = RedisServerProcess.FreePort();
    private readonly StringBuilder _said = new();
    private Process? _process;

    /// <summary>What is /data in the container.</summary>
    public TemporaryDirectory Data { get; } = new();

    /// <summary>Where it listens, <c>host:port</c>.</summary>
    public string Endpoint => $"127.0.0.1:{_port}";

    /// <summary>What <c>docker compose logs redis</c> would show.</summary>
    public string Said
    {
        get
        {
            lock (_said) return _said.ToString();
        }
    }

    /// <summary>The last file that is appended to.</summary>
    public string LastFile => Directory.GetFiles(Data["appendonlydir"], "*.incr.aof").Max(StringComparer.Ordinal)!;

    /// <summary>Starts it and waits until it serves or has ended.</summary>
    /// <param name="before">A directory whose programs come before those of this machine.</param>
    /// <param name="password">REDISCLI_AUTH of the service.</param>
    /// <returns>Null when it serves, else its exit code.</returns>
    public async Task<int?> StartAsync(string? before = null, string? password = null)
    {
        lock (_said) _said.Clear();
        var process = new Process { StartInfo = StartInfo() };
        var path = Environment.GetEnvironmentVariable("PATH");
        if (before is not null) process.StartInfo.Environment["PATH"] = before + Path.PathSeparator + path;
        process.StartInfo.Environment["REDISCLI_AUTH"] = password;
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _process = process;
        await Poll.UntilAsync(() => Task.FromResult(
            process.HasExited || Said.Contains("Ready to accept", StringComparison.Ordinal)));
        if (!process.HasExited) return null;
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        if (_process is not { } process) return;
        _process = null;
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    /// <summary>Runs redis-cli against it.</summary>
    public Task<string> CliAsync(params string[] arguments) => RedisCli.RunAsync(Endpoint, arguments);

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Data.Dispose();
    }

    private ProcessStartInfo StartInfo()
    {
        var mounts = ComposeFile.Mounts("redis");
        var words = ComposeFile.Values["services:redis:command"]
            .Select(word => mounts.TryGetValue(word, out var source) ? PathOf(source) : word);
        string[] command = [.. words, "--bind", "127.0.0.1", "--port", $"{_port}"];
        return new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
    }

    /// <summary>A file of the repository is itself; the volume is a directory of this test.</summary>
    private string PathOf(string source) =>
        source.StartsWith("./", StringComparison.Ordinal) ? Path.Combine(Repository.Root, source) : Data.Path;

    private void Hear(string? line)
    {
        lock (_said) _said.AppendLine(line);
    }
}
