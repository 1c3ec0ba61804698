using Testcontainers.Redis;

namespace TradeOs.Tests;

/// <summary>A container of its own, by the package Testcontainers.Redis, 4.10 or newer.</summary>
/// <remarks>Compiled only with -p:TestcontainersVersion=VERSION. It stops a server, but does not kill one.</remarks>
public sealed class TestcontainersRedis : TestRedis
{
    private readonly RedisContainer _container;

    private TestcontainersRedis(RedisContainer container) => _container = container;

    /// <inheritdoc/>
    public override string Endpoint =>
        _container.Hostname + ":" + Text(_container.GetMappedPublicPort(RedisBuilder.RedisPort));

    /// <summary>Starts a durable server; extra arguments of redis-server come last and win.</summary>
    public static async Task<TestcontainersRedis> StartAsync(string image, string[] extraArguments)
    {
        string[] command = ["redis-server", .. Durable, "--protected-mode", "no", .. extraArguments];
        var container = new RedisBuilder(image).WithCommand(command).Build();
        try
        {
            await container.StartAsync();
            return new TestcontainersRedis(container);
        }
        catch
        {
            await container.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public override async Task<string> CliAsync(params string[] arguments) =>
        (await _container.ExecAsync(["redis-cli", .. arguments])).Stdout.TrimEnd('\n');

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => _container.DisposeAsync();
}
