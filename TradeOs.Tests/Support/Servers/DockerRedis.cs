namespace TradeOs.Tests;

/// <summary>A container of its own on a free loopback port, by Docker's own command.</summary>
/// <remarks>What a run that was cut off leaves: docker rm -f $(docker ps -aq --filter label=tradeos.test)</remarks>
public sealed class DockerRedis : TestRedis
{
    private static readonly TimeSpan StartWaitMax = TimeSpan.FromSeconds(60);

    private readonly string _name = "tradeos-test-" + Guid.NewGuid().ToString("N");
    private readonly int _port = RedisServerProcess.FreePort();

    private DockerRedis()
    {
    }

    /// <inheritdoc/>
    public override string Endpoint => "127.0.0.1:" + Text(_port);

    /// <summary>Starts a durable server; extra arguments of redis-server come last and win.</summary>
    /// <exception cref="InvalidOperationException">Docker refused, or the server does not answer in time.</exception>
    public static async Task<DockerRedis> StartAsync(string image, string[] extraArguments)
    {
        var redis = new DockerRedis();
        try
        {
            // The port is chosen here: one chosen by Docker would be another after each start.
            await DockerAsync(
                [
                    "run", "--detach", "--name", redis._name, "--label", "tradeos.test",
                    "--publish", redis.Endpoint + ":6379", image,
                    "redis-server", .. Durable, "--protected-mode", "no", .. extraArguments,
                ]);
            await redis.WaitUntilReadyAsync();
            return redis;
        }
        catch
        {
            await redis.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public override async Task KillAsync()
    {
        if (await IsRunningAsync()) await DockerAsync(["kill", _name]);
        await DockerAsync(["wait", _name]);
    }

    /// <inheritdoc/>
    public override async Task StartAgainAsync()
    {
        await DockerAsync(["start", _name]);
        await WaitUntilReadyAsync();
    }

    /// <summary>Runs the redis-cli of the image, so that this machine needs none.</summary>
    public override async Task<string> CliAsync(params string[] arguments) =>
        (await ChildProcess.RunAsync("docker", ["exec", _name, "redis-cli", .. arguments])).Output.TrimEnd('\n');

    /// <inheritdoc/>
    public override string Log() => ChildProcess.RunAsync("docker", "logs", _name).GetAwaiter().GetResult().Output;

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync() =>
        await ChildProcess.RunAsync("docker", "rm", "--force", "--volumes", _name);

    private async Task WaitUntilReadyAsync()
    {
        var started = TimeProvider.System.GetTimestamp();
        while (await CliAsync("PING") != "PONG")
        {
            if (!await IsRunningAsync() || TimeProvider.System.GetElapsedTime(started) > StartWaitMax)
                throw new InvalidOperationException($"Container {_name} does not answer. Its log:\n{Log()}");
            await Task.Delay(50);
        }
    }

    private async Task<bool> IsRunningAsync() =>
        (await DockerAsync(["inspect", "--format", "{{.State.Running}}", _name])).Trim() == "true";

    private static async Task<string> DockerAsync(string[] arguments)
    {
        var result = await ChildProcess.RunAsync("docker", arguments);
        return result.ExitCode == 0
            ? result.Output
            : throw new InvalidOperationException(
                $"docker {string.Join(' ', arguments)} ended with {result.ExitCode}: {result.Error.Trim()}");
    }
}
