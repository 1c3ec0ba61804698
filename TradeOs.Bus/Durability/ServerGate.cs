using Microsoft.Extensions.Logging;

namespace TradeOs.Bus;

/// <summary>Admits a server process once it is durable, ours and, unless repaired before its start, sealed.</summary>
/// <remarks>
/// Durability comes before identity: a first install must not leave its id on a server that has to be reconfigured
/// and may come back empty. Settings can be changed while a server runs, so each reconnect examines it again; sealed
/// is each server process once. Connections that arrive meanwhile wait.
/// </remarks>
public sealed partial class ServerGate : IServerGate, IDisposable
{
    /// <summary>The readers of one reconnect come within this time; they share one examination.</summary>
    private static readonly TimeSpan ExaminationHolds = TimeSpan.FromSeconds(1);

    /// <summary>Nothing asked here takes a server long, and everybody waits at the gate for the one who asks.</summary>
    private static readonly TimeSpan AnswerWaitMax = TimeSpan.FromSeconds(2);

    private readonly RedisOptions _options;
    private readonly bool _isManaged;
    private readonly IInstanceIdentity _identity;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly HashSet<string> _said = new(StringComparer.Ordinal);
    private string _examined = "";
    private long _examinedAt;

    /// <summary>A gate of one host.</summary>
    /// <param name="options">Where Redis is; whether relaxed durability is accepted.</param>
    /// <param name="isManaged">Whether this host repairs the append-only file before each start of the server.</param>
    /// <param name="identity">Knows whether the server is ours.</param>
    /// <param name="time">Clock of waits.</param>
    /// <param name="logger">One line, once, for each finding that does not refuse the server; one for each
    /// rewrite.</param>
    public ServerGate(
        RedisOptions options, bool isManaged, IInstanceIdentity identity, TimeProvider time, ILogger<ServerGate> logger)
    {
        (_options, _isManaged, _identity, _time, _logger) = (options, isManaged, identity, time, logger);
    }

    /// <summary>Commands the server must permit, as <see cref="RedisPermissions"/> lists them. Default none.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Needed { get; init; } = [];

    /// <inheritdoc/>
    public async Task AdmitAsync(string runId, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_examined == runId && _time.GetElapsedTime(_examinedAt) < ExaminationHolds) return;
            using var connection = await ControlConnection.ConnectAsync(_options, AnswerWaitMax, cancellationToken);
            await ExamineAsync(connection, runId, cancellationToken);
            (_examined, _examinedAt) = (runId, _time.GetTimestamp());
        }
        catch (RedisServerException refusal)
        {
            throw Translate(refusal);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task ExamineAsync(ControlConnection connection, string runId, CancellationToken cancellationToken)
    {
        await JudgeAsync(connection);
        await ServerRun.ThrowUnlessAsync(connection, runId);
        await _identity.VerifyAsync(connection, cancellationToken);
        if (!_isManaged && await new AofSeal(connection, _time).SealAsync(runId, cancellationToken))
            LogSealed(_logger, connection.Endpoint, runId);
        await ServerRun.ThrowUnlessAsync(connection, runId);
    }

    private async Task JudgeAsync(ControlConnection connection)
    {
        var examination = new Examination();
        await DurabilityCheck.ExamineAsync(connection, examination);
        if (examination.Findings.Any(IsFatal) && !_options.AllowRelaxedDurability)
        {
            throw Refusal(
                "is not safe to trade on", examination,
                "Cure each of them, or accept the loss with Redis:AllowRelaxedDurability=true.");
        }

        // What is not permitted would stop the first commit; no option makes up for that.
        var permissions = new Examination();
        if (Needed.Count > 0) await PermissionCheck.ExamineAsync(connection, Needed, permissions);
        if (permissions.Findings.Any(IsFatal))
            throw Refusal("does not let us work", permissions, "Cure each of them, then start again.");
        foreach (var finding in examination.Findings.Concat(permissions.Findings).Where(IsToBeSaid))
            if (_said.Add(finding.ToString())) LogFinding(_logger, _options.Endpoint, finding.ToString());
    }

    private RefusedException Refusal(string verdict, Examination examination, string next)
    {
        var lines = examination.Findings.Where(IsToBeSaid).Select(finding => $"  {finding}\n");
        return new RefusedException($"Redis at {_options.Endpoint} {verdict}:\n{string.Concat(lines)}{next}");
    }

    private static bool IsToBeSaid(Finding finding) => finding.Check.Severity != FindingSeverity.Note;

    private static bool IsFatal(Finding finding) => finding.Check.Severity == FindingSeverity.Fatal;

    private Exception Translate(RedisServerException refusal) => RedisAnswers.IsNotReady(refusal.Message)
        ? new BusUnavailableException(
            $"Redis at {_options.Endpoint} is not ready: {refusal.Message} It is tried again.", refusal)
        : new RefusedException(
            $"Redis at {_options.Endpoint} refused a command while it was examined: {refusal.Message.TrimEnd('.')}. " +
            (RedisRefusal.Permission(refusal.Message) ??
                "Permit it to the 'default' user, or remove what is in its way."));

    [LoggerMessage(150, LogLevel.Warning, "Redis at {Endpoint}: {Finding}")]
    private static partial void LogFinding(ILogger logger, string endpoint, string finding);

    [LoggerMessage(151, LogLevel.Information,
        "Redis at {Endpoint} runs anew, as {RunId}: its append-only file was rewritten before our first write.")]
    private static partial void LogSealed(ILogger logger, string endpoint, string runId);
}
