using NUnit.Framework;

namespace TradeOs.Tests;

/// <summary>A server that somebody else runs and the tests may empty; one at a time has it.</summary>
public sealed class ExternalRedis : TestRedis
{
    private static int _isTaken;

    private ExternalRedis(string endpoint) => Endpoint = endpoint;

    /// <inheritdoc/>
    public override string Endpoint { get; }

    /// <summary>Takes the server, unless it holds anything: tests run FLUSHALL on it.</summary>
    /// <exception cref="InvalidOperationException">It holds keys, or does not answer.</exception>
    /// <exception cref="IgnoreException">The test has it already and needs a second one.</exception>
    public static async Task<ExternalRedis> StartAsync(string endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        if (Interlocked.Exchange(ref _isTaken, 1) == 1) throw TestRedisChoice.Current.Lacks("two servers");
        try
        {
            await ThrowUnlessEmptyAsync(endpoint);
            return new ExternalRedis(endpoint);
        }
        catch
        {
            Volatile.Write(ref _isTaken, 0);
            throw;
        }
    }

    /// <summary>Leaves it as empty as it was found.</summary>
    public override async ValueTask DisposeAsync()
    {
        await CliAsync("FLUSHALL");
        Volatile.Write(ref _isTaken, 0);
    }

    private static async Task ThrowUnlessEmptyAsync(string endpoint)
    {
        var parts = endpoint.Split(':');
        var answer = await ChildProcess.RunAsync("redis-cli", "-h", parts[0], "-p", parts[1], "INFO", "keyspace");
        var lines = answer.Output.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0).ToList();
        if (lines is ["# Keyspace"]) return;
        var where = $"{TestRedisChoice.Variable}={endpoint}";
        if (lines is not ["# Keyspace", .. var held])
        {
            throw new InvalidOperationException(
                $"{where}: found \"{(answer.Error + answer.Output).Trim()}\", expected a server that answers without " +
                "a password. Start it, or unset the variable.");
        }

        throw new InvalidOperationException(
            $"{where}: found {string.Join(' ', held)}, expected an empty server, because the tests run FLUSHALL on " +
            "it. Name a server that nothing else uses; if a run of the tests that was cut off left these keys: " +
            $"redis-cli -h {parts[0]} -p {parts[1]} FLUSHALL");
    }
}
