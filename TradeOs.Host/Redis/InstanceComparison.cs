using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>Compares the id in Redis with the id in the data directory and changes neither: for a verb that writes
/// beside a host that may run.</summary>
/// <param name="dataDirectory">Where <c>instance.json</c> is.</param>
public sealed class InstanceComparison(string dataDirectory) : IInstanceIdentity
{
    private readonly InstanceFile _file = new(dataDirectory);

    /// <inheritdoc/>
    public async Task VerifyAsync(ControlConnection connection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var theirs = (string?)await connection.ExecuteAsync("GET", RedisKeys.Instance);
        var ours = _file.Read();
        if (theirs is not null && theirs == ours?.Id) return;
        var found = theirs is null ? "no instance id" : $"the instance id {theirs}";
        throw new RefusedException(
            $"Redis at {connection.Endpoint} holds {found}, and {_file.FilePath} " +
            $"{(ours is null ? "is absent" : $"expects {ours.Id}")}; expected the same in both. Nothing was written. " +
            "Give the data directory that belongs to this server with --data DIR, or the right server with --redis " +
            "HOST:PORT.");
    }
}
