using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace TradeOs.Bus;

/// <summary>The bus on one Redis server: a data connection a reader, and a control connection for looking.</summary>
public sealed partial class RedisStreamBus : IChainBus, IDisposable
{
    /// <summary>Longest wait between two attempts to open a reader: part of the second in which all resume.</summary>
    internal static readonly TimeSpan BackoffMax = TimeSpan.FromMilliseconds(100);

    /// <summary>A group that is moved so often while its reader gets nothing done is not ours any more.</summary>
    private const int MovedMax = 20;

    private readonly RedisOptions _options;
    private readonly IServerGate _gate;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (long Count, int Times)> _moved = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RedisStreamReader> _readers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _opened = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ReadPace> _paces = new(StringComparer.Ordinal);
    private Task<ControlConnection>? _control;

    /// <summary>A bus of one host.</summary>
    /// <param name="options">Where Redis is.</param>
    /// <param name="limits">MaxLength and readers by stream.</param>
    /// <param name="gate">Decides whether a server may be used.</param>
    /// <param name="owner">Random id of this host, the same for all it opens.</param>
    /// <param name="time">Clock of waits.</param>
    /// <param name="logger">One line for each outage and each recovery.</param>
    public RedisStreamBus(
        RedisOptions options, IReadOnlyDictionary<string, StreamLimit> limits, IServerGate gate, string owner,
        TimeProvider time, ILogger<RedisStreamBus> logger)
    {
        (_options, Limits, _gate, Owner, Time, _logger) = (options, limits, gate, owner, time, logger);
        Outage = new OutageLog(options.Endpoint, time, logger);
        Connections = new ReaderConnections(options, time);
    }

    internal IReadOnlyDictionary<string, StreamLimit> Limits { get; }

    /// <summary>Random id of this host, as the checkpoints of its readers hold it.</summary>
    public string Owner { get; }

    internal TimeProvider Time { get; }

    /// <summary>Whether the server is away, since when and why.</summary>
    public OutageLog Outage { get; }

    /// <summary>How far everything had come; nothing may be behind it. Default: nothing is known.</summary>
    public PipelineMemory Memory { get; init; } = new();

    /// <inheritdoc/>
    public async Task<IStreamReader> OpenAsync(ReaderDefinition definition, CancellationToken cancellationToken)
    {
        try
        {
            return await OpenPatientlyAsync(definition, cancellationToken);
        }
        catch
        {
            Outage.Forget(definition.Name);
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<IReaderChain> OpenChainAsync(
        ImmutableArray<ReaderDefinition> definitions, CancellationToken cancellationToken) =>
        await RedisReaderChain.OpenAsync(this, definitions, cancellationToken);

    /// <summary>The readers that are open.</summary>
    internal IReadOnlyList<RedisStreamReader> Readers
    {
        get
        {
            lock (_lock) return [.. _readers.Values];
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Entry>> RangeAsync(
        string stream, EntryId after, int countMax, CancellationToken cancellationToken)
    {
        var control = await ControlAsync();
        var start = after == EntryId.Zero ? "-" : "(" + after;
        try
        {
            return RedisAnswers.Entries(await control.ExecuteAsync("XRANGE", stream, start, "+", "COUNT", countMax));
        }
        catch (RedisServerException refusal)
            when (refusal.Message.StartsWith("WRONGTYPE", StringComparison.Ordinal))
        {
            throw Loss.Type(stream, "key of another type", "stream");
        }
        catch (RedisServerException refusal)
            when (refusal.Message.Contains("invalid start ID", StringComparison.Ordinal))
        {
            throw Loss.Exhausted(stream, after);
        }
    }

    /// <summary>The newest <paramref name="countMax"/> entries of a stream, oldest first.</summary>
    /// <exception cref="BusUnavailableException">The server is away.</exception>
    public async Task<IReadOnlyList<Entry>> LastAsync(string stream, int countMax)
    {
        var control = await ControlAsync();
        var newestFirst = RedisAnswers.Entries(
            await control.ExecuteAsync("XREVRANGE", stream, "+", "-", "COUNT", countMax));
        newestFirst.Reverse();
        return newestFirst;
    }

    /// <inheritdoc/>
    public async Task<StreamReport> InspectStreamAsync(string stream, CancellationToken cancellationToken)
    {
        var control = await ControlAsync();
        return (string?)await control.ExecuteAsync("TYPE", stream) == "stream"
            ? await control.InspectStreamAsync(stream)
            : default;
    }

    /// <inheritdoc/>
    public async Task<Checkpoint?> InspectReaderAsync(string reader, CancellationToken cancellationToken)
    {
        var control = await ControlAsync();
        return RedisAnswers.Checkpoint(await control.ExecuteAsync(
            "HMGET", RedisKeys.Checkpoint(reader), "position", "count", "written", "silent"));
    }

    /// <summary>Keyed state of a reader as last committed; empty when it has none.</summary>
    /// <exception cref="BusUnavailableException">The server is away.</exception>
    public async Task<IReadOnlyDictionary<string, string>> InspectStateAsync(string reader) =>
        await (await ControlAsync()).StateAsync(reader);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_control?.IsCompletedSuccessfully == true) _control.Result.Dispose();
    }

    /// <summary>The pace of a reader, the same at each opening.</summary>
    internal ReadPace PaceOf(string reader)
    {
        lock (_lock)
        {
            if (!_paces.TryGetValue(reader, out var pace)) _paces[reader] = pace = new ReadPace();
            return pace;
        }
    }

    /// <summary>Remembers how far the server acknowledged a reader's commits.</summary>
    internal void NoteAcknowledged(string reader, long count) => Memory.Note(reader, count);

    /// <summary>A group is not where its reader left it: opening puts it back, once.</summary>
    internal Exception Moved(string reader, long count, string detail)
    {
        lock (_lock)
        {
            var before = _moved.GetValueOrDefault(reader);
            var times = before.Count == count ? before.Times + 1 : 1;
            _moved[reader] = (count, times);
            if (times > MovedMax)
            {
                return new StreamDamagedException(
                    $"{detail}, not where {reader} left it, {times} times without an entry processed in between. " +
                    "Somebody else reads in it or moves it: stop that program (CLIENT LIST), then start again.");
            }
        }

        LogMoved(_logger, reader, detail);
        return new BusUnavailableException($"{detail}, not where {reader} left it; it is put back.");
    }

    /// <summary>Whether a reader was opened by anyone since it had that epoch; false when the server cannot be
    /// asked.</summary>
    internal async Task<bool> IsFencedAsync(string reader, long epoch, CancellationToken cancellationToken)
    {
        try
        {
            using var connection = await DataConnection.ConnectAsync(_options, Time, cancellationToken);
            var reply = await connection.AskAsync("HGET", RedisKeys.Checkpoint(reader), "epoch");
            return long.TryParse(reply.Text(), NumberStyles.None, CultureInfo.InvariantCulture, out var found)
                && found > epoch;
        }
        catch (BusUnavailableException)
        {
            return false;
        }
    }

    /// <summary>Connections of the readers.</summary>
    internal ReaderConnections Connections { get; }

    private async Task<IStreamReader> OpenPatientlyAsync(
        ReaderDefinition definition, CancellationToken cancellationToken)
    {
        var backoff = TimeSpan.FromMilliseconds(20);
        for (var isFirst = true; ; isFirst = false)
        {
            try
            {
                var reader = await OpenOnceAsync(definition, cancellationToken);
                lock (_lock) _opened.Add(definition.Name);
                Outage.Back(definition.Name);
                return reader;
            }
            catch (BusUnavailableException unavailable)
            {
                // A connection may be one more that the last outage cost; a server that is away is so twice.
                if (!isFirst) Outage.Away(definition.Name, unavailable.Message);
                await Task.Delay(backoff, Time, cancellationToken);
                backoff = backoff * 2 > BackoffMax ? BackoffMax : backoff * 2;
            }
        }
    }

    private async Task<IStreamReader> OpenOnceAsync(ReaderDefinition definition, CancellationToken cancellationToken)
    {
        var connection = await Connections.OpenAsync(definition.Name, cancellationToken);
        try
        {
            var server = await ServerIdentity.OfAsync(connection);
            await _gate.AdmitAsync(server.RunId, cancellationToken);
            await connection.AskAsync("CLIENT", "SETNAME", "tradeos:" + definition.Name);
            await connection.AskAsync("SCRIPT", "LOAD", RedisCommitCommand.Script);
            var opening = new RedisReaderOpening(connection, definition, Memory);
            await opening.VerifyTypesAsync();
            var epoch = await opening.FenceAsync(server, Owner, WasOurs(definition.Name));
            var checkpoint = await opening.CheckpointAsync();
            ThrowIfGone(definition.Name, checkpoint);
            opening.ThrowIfEdited(checkpoint);
            await opening.VerifyStreamsAsync(checkpoint);
            await opening.ClaimAsync(checkpoint);
            var state = await opening.StateAsync();
            var control = definition.ObeysControl ? await RedisReaderOpening.ControlAsync(connection) : "";
            var reader = new RedisStreamReader(
                this, connection, definition, epoch, control, checkpoint, opening.Commit, state)
            {
                DeletedBefore = opening.DeletedBefore,
            };
            NoteReader(reader);
            return reader;
        }
        catch (BusUnavailableException lost) when (lost.InnerException is ReplyTooLargeException tooLarge)
        {
            connection.Dispose();
            throw new StreamDamagedException(
                $"{definition.Name}: what Redis keeps of it cannot be read: {tooLarge.Message}. Look at its state " +
                $"{RedisKeys.State(definition.Name)} with redis-cli.");
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private async Task<ControlConnection> ControlAsync()
    {
        Task<ControlConnection> connecting;
        lock (_lock)
        {
            if (_control is null || _control.IsFaulted)
                _control = ControlConnection.ConnectAsync(_options, CancellationToken.None);
            connecting = _control;
        }

        return await connecting;
    }

    /// <summary>A server that lost what it acknowledged must not be gone on with as if nothing had been.</summary>
    private void ThrowIfGone(string reader, Checkpoint checkpoint)
    {
        var acknowledged = Memory.CountOf(reader);
        if (checkpoint.Count >= acknowledged) return;
        throw new StreamDamagedException(
            $"{reader}: Redis at {_options.Endpoint} had acknowledged {acknowledged} inputs, " +
            $"{RedisKeys.Checkpoint(reader)} now says {checkpoint.Count}: acknowledged writes are gone. Look " +
            "with tradeos doctor why, and restore its data.");
    }

    private void NoteReader(RedisStreamReader reader)
    {
        Memory.Note(reader.Definition.Name, reader.Checkpoint.Count);
        lock (_lock) _readers[reader.Definition.Name] = reader;
    }

    /// <summary>Whether this host opened the reader before.</summary>
    private bool WasOurs(string reader)
    {
        lock (_lock) return _opened.Contains(reader);
    }

    [LoggerMessage(102, LogLevel.Warning,
        "{Detail}, not where {Reader} left it: somebody else used it. It is put back where the checkpoint is.")]
    private static partial void LogMoved(ILogger logger, string reader, string detail);
}
