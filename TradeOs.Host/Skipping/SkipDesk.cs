using Microsoft.Extensions.Logging;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>What became of a skip.</summary>
/// <param name="Letter">The dead letter that keeps the entry; null when nothing was written.</param>
/// <param name="Refusal">Why not: where, what was found, what was expected, the next move.</param>
internal sealed record SkipOutcome(EntryId? Letter, string? Refusal);

/// <summary>Skips one entry of one stage, as a host that does nothing else.</summary>
/// <remarks>
/// It takes the place of the host and opens the stage's reader as a host does, so that nobody else can commit for it
/// meanwhile; what it commits is what the stage would have for an entry it cannot decode: a dead letter, position and
/// count, and the acknowledgement in a group, together or not at all.
/// </remarks>
internal sealed class SkipDesk : IAsyncDisposable
{
    private readonly Settings _settings;
    private readonly RedisServer _server;
    private readonly bool _wasRunning;
    private readonly BusLook _look;
    private readonly ILoggerFactory _loggers;

    private SkipDesk(Settings settings, RedisServer server, bool wasRunning, BusLook look, ILoggerFactory loggers) =>
        (_settings, _server, _wasRunning, _look, _loggers) = (settings, server, wasRunning, look, loggers);

    private static TimeProvider Time => TimeProvider.System;

    /// <summary>Finds the server; a managed one that stopped with its host is started, and stopped again at the
    /// end.</summary>
    /// <exception cref="RefusedException">No run was ever made from this data directory.</exception>
    /// <exception cref="BusUnavailableException">Redis cannot be reached.</exception>
    public static async Task<SkipDesk> OpenAsync(
        Settings settings, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        ThrowUnlessRunBefore(settings);
        var probe = await ServerProbe.AskAsync(settings.Redis, cancellationToken);
        var server = await RedisServer.StartAsync(
            settings.Redis, settings.DataDirectory, Time, loggers.CreateLogger<RedisServer>(), cancellationToken);
        var wasRunning = probe.Presence != ServerPresence.Absent;
        try
        {
            var look = await BusLook.OpenAsync(settings, cancellationToken);
            return new SkipDesk(settings, server, wasRunning, look, loggers);
        }
        catch
        {
            if (wasRunning) await server.LeaveRunningAsync();
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Skips the entry, when it is the next one of the stage.</summary>
    /// <exception cref="FencedException">A host runs.</exception>
    /// <exception cref="RefusedException">The server is one that a run would refuse.</exception>
    /// <exception cref="BusUnavailableException">The connection was lost; the message says whether it is known what
    /// became of it.</exception>
    public async Task<SkipOutcome> SkipAsync(SkipArguments arguments, CancellationToken cancellationToken)
    {
        if (await LivingHost.NameAsync(_look.Control) is { } host)
        {
            throw new FencedException(
                $"Host {host} runs the pipeline on Redis at {_settings.Redis.Endpoint}; expected none while an entry " +
                "is skipped. Nothing was written. Stop it, then run the same again.");
        }

        var plan = new SkipPlan(_look, arguments.Stage, arguments.Id);
        if (await plan.RefusalAsync(cancellationToken) is { } refusal) return new SkipOutcome(null, refusal);
        if (arguments.DryRun) return new SkipOutcome(null, null);
        if (await CommitAsync(arguments, cancellationToken) is { } problem) return new SkipOutcome(null, problem);
        return new SkipOutcome(await plan.LetterAsync(cancellationToken), null);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _look.Dispose();
        if (_wasRunning) await _server.LeaveRunningAsync();
        await _server.DisposeAsync();
    }

    private static void ThrowUnlessRunBefore(Settings settings)
    {
        var file = new InstanceFile(settings.DataDirectory);
        if (file.Read() is not null) return;
        throw new RefusedException(
            $"{file.FilePath} is absent, expected the data directory of a pipeline that stopped. Give it with --data " +
            "DIR.");
    }

    /// <summary>Commits the skip; what is said when it was not committed, else null.</summary>
    private async Task<string?> CommitAsync(SkipArguments arguments, CancellationToken cancellationToken)
    {
        var (redis, owner) = (_settings.Redis, Guid.NewGuid().ToString("N"));
        using var gate = new ServerGate(
            redis, _server.IsManaged, new InstanceComparison(_settings.DataDirectory), Time,
            _loggers.CreateLogger<ServerGate>())
        {
            Needed = RedisPermissions.Needed(Topology.Streams),
        };
        var name = $"{Environment.MachineName}:{Environment.ProcessId} (tradeos skip)";
        await using var place = await HostLock.TakeAsync(redis, gate, owner, name, false, Time, cancellationToken);
        using var bus = new RedisStreamBus(
            redis, ArchiveReaders.Limits(_settings), gate, owner, Time, _loggers.CreateLogger<RedisStreamBus>());
        await using var reader = await bus.OpenAsync(arguments.Stage, cancellationToken);
        var entries = await reader.ReadAsync(1, TimeSpan.Zero, cancellationToken);
        if (entries is not [var entry] || entry.Id != arguments.Id)
            return $"{arguments.Stage.Input} changed meanwhile. Nothing was written; run the same again.";
        return await LandAsync(reader, BatchOf(arguments, entry), arguments);
    }

    private static Batch BatchOf(SkipArguments arguments, Entry entry)
    {
        var batch = new Batch();
        var raw = entry.CutBytes > 0 ? RawBytes.OfCut(entry.Fields, entry.CutBytes) : RawBytes.Of(entry.Fields);
        new DeadLetter(
            arguments.Stage.Name, arguments.Stage.Input!, entry.Id.ToString(), SkipPlan.Mark + arguments.Reason, raw)
            .Write(batch.Append(StreamNames.DeadLetters));
        batch.Complete(entry.Id);
        return batch;
    }

    private static async Task<string?> LandAsync(IStreamReader reader, Batch batch, SkipArguments arguments)
    {
        var where = $"{arguments.Stage.Input}/{arguments.Id}";
        try
        {
            var result = await reader.CommitAsync(batch, CancellationToken.None);
            return result switch
            {
                CommitResult.Committed or CommitResult.AlreadyCommitted => null,
                CommitResult.Fenced => throw new FencedException(
                    $"{arguments.Stage.Name} was opened by another host meanwhile; {where} was not skipped."),
                CommitResult.ControlChanged => $"{RedisKeys.Control} changed meanwhile. Run the same again.",
                CommitResult.Full => $"{where} was not skipped, nothing was written: no room in {reader.Detail}.",
                _ => throw new StreamDamagedException(
                    $"{where} was not skipped, nothing was written: {reader.Detail}. tradeos doctor says more."),
            };
        }
        catch (BusUnavailableException lost)
        {
            throw new BusUnavailableException(
                $"{lost.Message} Whether {where} was skipped is not known. Run the same again: it is never done twice.",
                lost);
        }
    }
}
