namespace TradeOs.Bus;

/// <summary>One host at a time: the place in Redis where the host of the pipeline stands.</summary>
/// <remarks>Taken before any stage is opened. A host whose connection lives keeps others out; one that is gone does
/// not.</remarks>
public sealed class HostLock : IAsyncDisposable
{
    private const int BeatsToExamination = 8;

    /// <summary>Named in <see cref="OutageLog"/> beside the readers.</summary>
    private const string Who = "host";

    /// <summary>Beats until a place that somebody removed is taken again: meanwhile the server is examined, so that
    /// nothing is written to one that was emptied.</summary>
    private const int BeatsToReturn = 8;

    /// <summary>How often one that takes the place may be cut off by others that do so as well.</summary>
    private const int CutsMax = 10;

    /// <summary>A host that cut another one off needs a moment to write itself down.</summary>
    private static readonly TimeSpan CutPause = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan AwayBeat = TimeSpan.FromMilliseconds(100);

    /// <summary>A server that gives no answer for so long is said to be away.</summary>
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(1);

    /// <summary>After so long a new connection asks, too.</summary>
    private static readonly TimeSpan PatienceMax = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan AttemptMax = TimeSpan.FromMilliseconds(400);

    /// <summary>How much later than another one's our answer may come.</summary>
    private static readonly TimeSpan DoubtMax = TimeSpan.FromMilliseconds(200);

    /// <summary>How long all connections are suspected after ours was found dead.</summary>
    private static readonly TimeSpan SuspicionMax = TimeSpan.FromSeconds(2);

    private readonly RedisOptions _options;
    private readonly string _owner;
    private readonly string _name;
    private readonly TimeProvider _time;
    private DataConnection _connection;
    private string _runId;
    private long? _foundDeadAt;

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
        for (var cuts = 0; ; cuts++)
        {
            var connection = await DataConnection.ConnectAsync(options, time, cancellationToken);
            try
            {
                var runId = await TakePlaceAsync(
                    connection, gate, options, owner, name, takeOver && cuts == 0, false, cancellationToken);
                return new HostLock(options, owner, name, time, connection, runId);
            }
            catch (BusUnavailableException) when (cuts < CutsMax)
            {
                // Another one that takes over may have cut this one off in the act: it is given the time to finish, and
                // left alone. A server that is away does not answer the next connection.
                await Task.Delay(CutPause, time, cancellationToken);
            }
        }
    }

    /// <summary>Keeps the place until the token ends it: notices a lost connection and takes the place again, and has
    /// the server examined every two seconds, because its settings can be changed while it runs.</summary>
    /// <param name="gate">Decides whether the server may be used.</param>
    /// <param name="bus">Bus of this host: told of outages, and of connections that died without a word; null for a
    /// host without stages.</param>
    /// <param name="stoppingToken">Ends it.</param>
    /// <exception cref="FencedException">Another host took it.</exception>
    /// <exception cref="RefusedException">The server would lose data from now on.</exception>
    public async Task HoldAsync(IServerGate gate, RedisStreamBus? bus, CancellationToken stoppingToken)
    {
        var beat = Beat;
        for (var (beats, gone) = (0, 0); !stoppingToken.IsCancellationRequested;)
        {
            try
            {
                await Task.Delay(beat, _time, stoppingToken);
                var place = await PlaceAsync(bus, stoppingToken);
                gone = place == Place.Gone ? gone + 1 : 0;
                var isToBeTaken = place == Place.Unknown || gone >= BeatsToReturn;
                var answers = !isToBeTaken || await ReopensAsync(gate, bus, stoppingToken);
                beat = answers ? Beat : AwayBeat;
                if (answers && ++beats % BeatsToExamination == 0) await ExamineAsync(gate, stoppingToken);
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

    /// <summary>Whether our place is still there. While the connection is silent a new one asks, too: when the server
    /// answers that one, ours is dead, and nobody would have told us.</summary>
    private async Task<Place> PlaceAsync(RedisStreamBus? bus, CancellationToken stoppingToken)
    {
        var (since, asked) = (_time.GetUtcNow(), _time.GetTimestamp());
        var answer = LookAsync();
        var isQuick = true;
        for (var wait = PatienceMax; !await EndsAsync(answer, wait, stoppingToken); wait = DoubtMax)
        {
            isQuick = false;
            if (_time.GetElapsedTime(asked) > SilenceMax)
            {
                bus?.Outage.Away(Who, FormattableString.Invariant(
                    $"Redis at {_options.Endpoint} gives no answer since {since:HH:mm:ss}Z."));
            }

            if (!await IsAnsweredAsync(stoppingToken) || await EndsAsync(answer, DoubtMax, stoppingToken)) continue;
            _foundDeadAt = _time.GetTimestamp();
            return Place.Unknown;
        }

        var place = await answer;
        if (place == Place.Unknown) return place;
        bus?.Outage.Back(Who);

        // Whoever waits for longer asked before we did, and the server answers in turn.
        if (isQuick) bus?.Connections.AbandonSilent(IsSuspicious ? DoubtMax : SilenceMax);
        return place;
    }

    private bool IsSuspicious => _foundDeadAt is { } at && _time.GetElapsedTime(at) < SuspicionMax;

    /// <summary>Whether the server answers a new connection. An attempt is short, because its answer may be lost while
    /// a next one's is not.</summary>
    private async Task<bool> IsAnsweredAsync(CancellationToken stoppingToken)
    {
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        attempt.CancelAfter(AttemptMax);
        try
        {
            using var connection = await DataConnection.ConnectAsync(_options, _time, attempt.Token);
            return true;
        }
        catch (Exception failure) when (IsNoAnswer(failure) && !stoppingToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static bool IsNoAnswer(Exception failure) =>
        failure is BusUnavailableException or OperationCanceledException;

    private async Task<bool> EndsAsync(Task answer, TimeSpan waitMax, CancellationToken stoppingToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        await Task.WhenAny(answer, Task.Delay(waitMax, _time, over.Token));
        await over.CancelAsync();
        stoppingToken.ThrowIfCancellationRequested();
        return answer.IsCompleted;
    }

    /// <summary>Whether our place is still there; another owner is refused when it is taken again.</summary>
    private async Task<Place> LookAsync()
    {
        try
        {
            var type = (await _connection.AskAsync("TYPE", RedisKeys.Host)).Text()!;
            if (type is not ("hash" or "none")) throw Loss.Type(RedisKeys.Host, type, "hash");
            var owner = (await _connection.AskAsync("HGET", RedisKeys.Host, "owner")).Text();
            return owner == _owner ? Place.Ours : owner is null ? Place.Gone : Place.Unknown;
        }
        catch (BusUnavailableException)
        {
            return Place.Unknown;
        }
    }

    private async Task<bool> ReopensAsync(IServerGate gate, RedisStreamBus? bus, CancellationToken stoppingToken)
    {
        _connection.Dispose();
        try
        {
            var connection = await DataConnection.ConnectAsync(_options, _time, stoppingToken);
            _runId = await TakePlaceAsync(connection, gate, _options, _owner, _name, false, true, stoppingToken);
            _connection = connection;
            bus?.Connections.AbandonSilent(DoubtMax);
            bus?.Outage.Back(Who);
            return true;
        }
        catch (BusUnavailableException unavailable)
        {
            // Still away: the next beat finds the connection closed and tries again.
            bus?.Outage.Away(Who, unavailable.Message);
            return false;
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

    /// <summary>Takes the place for this connection, and closes the connection where that cannot be.</summary>
    /// <returns>Run id of the server.</returns>
    private static async Task<string> TakePlaceAsync(
        DataConnection connection, IServerGate gate, RedisOptions options, string owner, string name, bool takeOver,
        bool wasOurs, CancellationToken cancellationToken)
    {
        try
        {
            var server = await ServerIdentity.OfAsync(connection);
            await gate.AdmitAsync(server.RunId, cancellationToken);
            var type = (await connection.AskAsync("TYPE", RedisKeys.Host)).Text()!;
            if (type is not ("hash" or "none")) throw Loss.Type(RedisKeys.Host, type, "hash");
            await connection.AskAsync("CLIENT", "SETNAME", "tradeos:host");
            await new Fence(connection, server, owner).TakeAsync(
                RedisKeys.Host, AdmitAsync, _ => Task.FromResult<IReadOnlyList<string>>(["name", name]));
            return server.RunId;

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

    private enum Place
    {
        Ours,
        Gone,
        Unknown,
    }

    private static async Task<bool> IsAliveAsync(DataConnection connection, string client) =>
        !string.IsNullOrWhiteSpace((await connection.AskAsync("CLIENT", "LIST", "ID", client)).Text());
}
