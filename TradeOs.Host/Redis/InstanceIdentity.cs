using Microsoft.Extensions.Logging;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>Compares the id in Redis with the id in the data directory; a wiped Redis is no first install.</summary>
/// <remarks>
/// The draft of the file is on disk before Redis is given an id, and becomes the file after, so that a first install
/// cut short anywhere is continued. Called by the gate, one at a time.
/// </remarks>
public sealed partial class InstanceIdentity : IInstanceIdentity
{
    private readonly InstanceFile _file;
    private readonly string _server;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private bool _adopt;
    private bool _isVerified;

    /// <summary>The identity of one data directory.</summary>
    /// <param name="dataDirectory">Where <c>instance.json</c> is.</param>
    /// <param name="isManaged">Whether TradeOs starts the server; remembered in the file.</param>
    /// <param name="adopt">Takes the server as it is, once: the first time it is verified.</param>
    /// <param name="time">Clock of the wait for another host that is installed.</param>
    /// <param name="logger">One line for a first install or an adoption.</param>
    public InstanceIdentity(
        string dataDirectory, bool isManaged, bool adopt, TimeProvider time, ILogger<InstanceIdentity> logger)
    {
        (_file, _adopt, _time, _logger) = (new InstanceFile(dataDirectory), adopt, time, logger);
        _server = isManaged ? InstanceRecord.Managed : InstanceRecord.External;
    }

    /// <inheritdoc/>
    public async Task VerifyAsync(ControlConnection connection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        if (!_adopt && await IsSettledAsync(connection)) return;
        using var turn = await _file.LockAsync(_time, cancellationToken);
        var theirs = await TheirsAsync(connection);
        if (_isVerified && theirs is null) throw Emptied(connection);
        var draft = _file.ReadDraft();

        // The draft of an installation or adoption that was cut short after Redis had been told.
        if (draft is not null && draft.Id == theirs) _file.PublishDraft();
        if (_adopt) await AdoptAsync(connection, theirs);
        else if (_file.Read() is { } ours) await CompareAsync(connection, ours, theirs);
        else if (theirs is null) await InstallAsync(connection, draft);
        else throw await UnknownToUsAsync(connection, theirs);
        (_adopt, _isVerified) = (false, true);
    }

    /// <summary>Whether nothing is to be written, as nearly always: then nobody is waited for.</summary>
    private async Task<bool> IsSettledAsync(ControlConnection connection)
    {
        var isSettled = _file.Read() is { } ours && !_file.HasDraft && RecordOf(connection, ours.Id) == ours
            && await TheirsAsync(connection) == ours.Id;
        _isVerified |= isSettled;
        return isSettled;
    }

    private static async Task<string?> TheirsAsync(ControlConnection connection)
    {
        var type = (string?)await connection.ExecuteAsync("TYPE", RedisKeys.Instance);
        if (type is not ("string" or "none"))
        {
            throw new StreamDamagedException(
                $"{RedisKeys.Instance}: expected a string, found a {type}. Somebody put it there; restore the data " +
                $"of this server, or run DEL {RedisKeys.Instance} and start once with --adopt.");
        }

        return (string?)await connection.ExecuteAsync("GET", RedisKeys.Instance);
    }

    private StreamDamagedException Emptied(ControlConnection connection) => new(
        $"{RedisKeys.Instance} is gone from Redis at {connection.Endpoint}, and was there when this host started: " +
        "somebody emptied the server (FLUSHALL, SWAPDB) or removed the key. Undo it or restore the data of this " +
        $"server; when only this key was removed run SET {RedisKeys.Instance} {_file.Read()?.Id}, then start again.");

    private async Task CompareAsync(ControlConnection connection, InstanceRecord ours, string? theirs)
    {
        if (ours.Id != theirs)
        {
            throw new RefusedException(
                $"Redis at {connection.Endpoint} (dir {await DirectoryOfAsync(connection)}) holds " +
                $"{(theirs is null ? "no instance id" : $"the instance id {theirs}")}, {_file.FilePath} expects " +
                $"{ours.Id} ({ours.Server}, last at {ours.Endpoint}): it was emptied, or it is another server, and a " +
                "wiped Redis must not look like a first install. Restore its data, set Redis:Endpoint to the right " +
                "server, or start with --adopt to take this one as it is.");
        }

        var now = RecordOf(connection, ours.Id);
        if (now != ours) Publish(now);
        else _file.RemoveDraft();
    }

    private async Task InstallAsync(ControlConnection connection, InstanceRecord? draft)
    {
        if (await OurKeyAsync(connection) is { } key)
        {
            throw new RefusedException(
                $"Redis at {connection.Endpoint} (dir {await DirectoryOfAsync(connection)}) holds no instance id but " +
                $"the key {key}, and {_file.FilePath} is absent: expected no key of ours on a first install. Set the " +
                "data directory to the one used before, or start with --adopt to take the server as it is.");
        }

        var id = draft?.Id ?? NewId();
        _file.WriteDraft(RecordOf(connection, id));
        var answer = await connection.ExecuteAsync("SET", RedisKeys.Instance, id, "NX");
        if (answer.IsNull)
        {
            // A host with another data directory was installed at the same moment.
            _file.RemoveDraft();
            throw await UnknownToUsAsync(
                connection, (string?)await connection.ExecuteAsync("GET", RedisKeys.Instance) ?? "(gone)");
        }

        _file.PublishDraft();
        LogInstalled(_logger, id, connection.Endpoint, _file.FilePath);
    }

    private async Task AdoptAsync(ControlConnection connection, string? theirs)
    {
        var ours = _file.Read();
        if (theirs is not null && theirs == ours?.Id)
        {
            await CompareAsync(connection, ours, theirs);
            return;
        }

        var id = theirs ?? NewId();
        _file.WriteDraft(RecordOf(connection, id));
        if (theirs is null) await connection.ExecuteAsync("SET", RedisKeys.Instance, id);
        _file.PublishDraft();
        LogAdopted(_logger, connection.Endpoint, id, ours?.Id ?? "none");
    }

    private async Task<RefusedException> UnknownToUsAsync(ControlConnection connection, string theirs) => new(
        $"Redis at {connection.Endpoint} (dir {await DirectoryOfAsync(connection)}) holds the instance id {theirs}, " +
        $"and {_file.FilePath} is absent, expected it to hold the same id: the server belongs to another data " +
        "directory, or this one was lost. Set the data directory to the one used before, or start with --adopt to " +
        "take the server as it is.");

    private InstanceRecord RecordOf(ControlConnection connection, string id) => new(id, connection.Endpoint, _server);

    private void Publish(InstanceRecord record)
    {
        _file.WriteDraft(record);
        _file.PublishDraft();
    }

    /// <summary>One key of ours that exists; null when there is none.</summary>
    private static async Task<string?> OurKeyAsync(ControlConnection connection)
    {
        string[] keys =
        [
            RedisKeys.Readers, RedisKeys.Host, RedisKeys.Control, RedisKeys.Sealed,
            .. Topology.Readers.Select(reader => RedisKeys.Checkpoint(reader.Name)), .. Topology.Streams,
        ];
        foreach (var key in keys)
            if ((long)await connection.ExecuteAsync("EXISTS", key) > 0) return key;
        return null;
    }

    private static async Task<string> DirectoryOfAsync(ControlConnection connection)
    {
        try
        {
            return await connection.ConfigAsync("dir") ?? "unknown";
        }
        catch (RedisServerException)
        {
            return "unknown";
        }
    }

    private static string NewId() => Guid.NewGuid().ToString("N");

    [LoggerMessage(340, LogLevel.Information,
        "First install: instance {Id} is Redis at {Endpoint}, remembered in {File}.")]
    private static partial void LogInstalled(ILogger logger, string id, string endpoint, string file);

    [LoggerMessage(341, LogLevel.Information, "Adopted Redis at {Endpoint} as instance {Id}; was {Before} before.")]
    private static partial void LogAdopted(ILogger logger, string endpoint, string id, string before);
}
