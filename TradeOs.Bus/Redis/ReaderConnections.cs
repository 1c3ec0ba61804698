namespace TradeOs.Bus;

/// <summary>The newest connection of each reader, and those being made: given up when the network lost them.</summary>
/// <param name="options">Where Redis is.</param>
/// <param name="time">Clock of the waits.</param>
internal sealed class ReaderConnections(RedisOptions options, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, DataConnection> _connections = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (CancellationTokenSource Attempt, long Began)> _attempts =
        new(StringComparer.Ordinal);

    /// <summary>Connects; an attempt whose answer was lost is given up as soon as the server answers
    /// another.</summary>
    /// <exception cref="BusUnavailableException">Nothing answers.</exception>
    public async Task<DataConnection> OpenAsync(string reader, CancellationToken cancellationToken)
    {
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        lock (_lock) _attempts[reader] = (attempt, time.GetTimestamp());
        try
        {
            var connection = await DataConnection.ConnectAsync(options, time, attempt.Token);
            lock (_lock) _connections[reader] = connection;
            return connection;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new BusUnavailableException($"Redis at {options.Endpoint} gave a new connection no answer.");
        }
        finally
        {
            lock (_lock) _attempts.Remove(reader);
        }
    }

    /// <summary>Gives up every connection that waits for an answer although the server answers others: whatever was
    /// between us and the server lost it without a word. Its reader is opened again.</summary>
    /// <param name="silenceMax">How long a connection may wait beyond what it asked the server to wait.</param>
    public void AbandonSilent(TimeSpan silenceMax)
    {
        lock (_lock)
        {
            foreach (var connection in _connections.Values) connection.AbandonIfSilent(silenceMax);
            foreach (var (attempt, began) in _attempts.Values)
                if (time.GetElapsedTime(began) > silenceMax) attempt.Cancel();
        }
    }
}
