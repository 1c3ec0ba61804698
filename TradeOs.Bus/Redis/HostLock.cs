namespace TradeOs.Bus;

/// <summary>One host at a time: the place in Redis where the host of the pipeline stands.</summary>
/// <remarks>Taken before any stage is opened. A host whose connection lives keeps others out; one that is gone does
/// not.</remarks>
public sealed class HostLock : IAsyncDisposable
{
    private const int BeatsToExamination = 4;

    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(500);

    private readonly RedisOptions _options;
    private readonly string _owner;
    private readonly string _name;
    private readonly TimeProvider _time;
    private DataConnection _connection;
    private string _runId;

    private HostLock(
        RedisOptions options, string owner, string name, TimeProvider time, DataConnection connection, string runId) =>
        (_options, _owner, _name, _time, _connection, _runId) = (options, owner, name, time, connection, runId);

    /// <summary>Takes the place.</summary>
    /// <param name="options">Where Redis is.</param>
    /// <param name="gate">Decides whether the server may be used.</param>
    /// <param name="owner">Random id of this host.</param>
    /// <param name="name">What people call this host: machine and process.</param>
    /// <param name="takeOver">Takes the place from a host that lives; it stops with exit code 3.</param>
    /// <param name="time">Clock of the waits.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="FencedException">A host that lives has it; the message names it.</exception>
    /// <exception cref="RefusedException">The server may not be used.</exception>
    /// <exception cref="BusUnavailableException">Redis cannot be reached.</exception>
    public static async Task<HostLock> TakeAsync(
        RedisOptions options, IServerGate gate, string owner, string name, bool takeOver, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var (connection, runId) = await OpenFirstAsync();
        return new HostLock(options, owner, name, time, connection, runId);

        async Task<(DataConnection Connection, string RunId)> OpenFirstAsync()
        {
            try
            {
                return await OpenAsync(options, gate, owner, name, takeOver, false, time, cancellationToken);
            }
            catch (BusUnavailableException) when (takeOver)
            {
                // Another one that takes over as well may have cut this one off in the act: it is left alone.
                return await OpenAsync(options, gate, owner, name, false, false, time, cancellationToken);
            }
        }
    }

    /// <summary>Keeps the place until the token ends it: notices a lost connection and takes the place again, and has
    /// the server examined every two seconds, because its settings can be changed while it runs.</summary>
    /// <exception cref="FencedException">Another host took it.</exception>
    /// <exception cref="RefusedException">The server would lose data from now on.</exception>
    public async Task HoldAsync(IServerGate gate, CancellationToken stoppingToken)
    {
        for (var beats = 0; !stoppingToken.IsCancellationRequested;)
        {
            try
            {
                await Task.Delay(Beat, _time, stoppingToken);
                if (!await AnswersAsync()) await ReopenAsync(gate, stoppingToken);
                else if (++beats % BeatsToExamination == 0) await ExamineAsync(gate, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>Leaves the place; the next host may take it at once.</summary>
    public ValueTask DisposeAsync()
    {
        _connection.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await _connection.AskAsync("PING");
            return true;
        }
        catch (BusUnavailableException)
        {
            return false;
        }
    }

    private async Task ReopenAsync(IServerGate gate, CancellationToken stoppingToken)
    {
        _connection.Dispose();
        try
        {
            (_connection, _runId) = await OpenAsync(_options, gate, _owner, _name, false, true, _time, stoppingToken);
        }
        catch (BusUnavailableException)
        {
            // Still away: the next beat finds the connection closed and tries again.
        }
    }

    private async Task ExamineAsync(IServerGate gate, CancellationToken stoppingToken)
    {
        try
        {
            await gate.AdmitAsync(_runId, stoppingToken);
        }
        catch (BusUnavailableException)
        {
            // The next beat finds it away.
        }
    }

    private static async Task<(DataConnection Connection, string RunId)> OpenAsync(
        RedisOptions options, IServerGate gate, string owner, string name, bool takeOver, bool wasOurs,
        TimeProvider time, CancellationToken cancellationToken)
    {
        var connection = await DataConnection.ConnectAsync(options, time, cancellationToken);
        try
        {
            var server = await ServerIdentity.OfAsync(connection);
            await gate.AdmitAsync(server.RunId, cancellationToken);
            await connection.AskAsync("CLIENT", "SETNAME", "tradeos:host");
            await new Fence(connection, server, owner).TakeAsync(
                RedisKeys.Host, AdmitAsync, _ => Task.FromResult<IReadOnlyList<string>>(["name", name]));
            return (connection, server.RunId);

            async Task AdmitAsync(Holder holder)
            {
                if (!holder.Exists || holder.Owner == owner) return;
                if (wasOurs)
                {
                    throw new FencedException(
                        $"Host {holder.Name} took over; this one stops so that nothing is done twice.");
                }

                if (!takeOver && holder.RunId == server.RunId && await IsAliveAsync(connection, holder.Client!))
                {
                    throw new FencedException(
                        $"Host {holder.Name} runs the pipeline on Redis at {options.Endpoint}. Stop it first, or " +
                        "run with --take-over to replace it.");
                }
            }
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static async Task<bool> IsAliveAsync(DataConnection connection, string client) =>
        !string.IsNullOrWhiteSpace((await connection.AskAsync("CLIENT", "LIST", "ID", client)).Text());
}
