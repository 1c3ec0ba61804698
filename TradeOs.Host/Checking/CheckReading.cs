using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>Reads a server and checks it; the pipeline may run meanwhile.</summary>
public static class CheckReading
{
    private const int AttemptsMax = 3;

    private static readonly string[] ReaderNames = [.. Topology.Readers.Select(reader => reader.Name)];

    /// <summary>Checks what the server holds at one moment.</summary>
    /// <remarks>The bounds are taken in one transaction, then the streams are read up to them. Where trimming overtakes
    /// the reading it is done again; what it overtakes at the last attempt is reported as not proven.</remarks>
    /// <param name="options">Where Redis is.</param>
    /// <param name="atRest">Whether everything must be through: what waits is then a finding.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="BusUnavailableException">The server is away.</exception>
    /// <exception cref="RefusedException">It does not let us look, or nothing was ever run on it.</exception>
    public static async Task<CheckReport> RunAsync(
        RedisOptions options, bool atRest, CancellationToken cancellationToken)
    {
        using var control = await ControlConnection.ConnectAsync(options, cancellationToken);
        using var walk = new StreamWalk(options);
        for (var attempt = 1; ; attempt++)
        {
            var snapshot = await RedisSnapshot.TakeAsync(control, Topology.Streams, ReaderNames);
            if (snapshot.Readers.Values.All(reader => !reader.WasOpened && reader is { Checkpoint: null, Fault: null }))
            {
                throw new NothingToCheckException(
                    $"Redis at {options.Endpoint}: no reader was ever opened on it, expected the checkpoints of a " +
                    "pipeline that ran. Look with tradeos doctor whether it is the right server and has its data.");
            }

            using var check = new PipelineCheck(snapshot, atRest);
            var isOvertaken = false;
            foreach (var stream in PipelineCheck.Order)
            {
                var facts = snapshot.Streams[stream];
                check.Begin(stream);
                var count = facts.Type == "stream" ? await ShowAsync(walk, stream, facts, check, cancellationToken) : 0;
                isOvertaken |= count < facts.Report.Length;
                check.End();
            }

            if (!isOvertaken || attempt == AttemptsMax) return check.Complete();
        }
    }

    private static async Task<long> ShowAsync(
        StreamWalk walk, string stream, StreamSnapshot facts, PipelineCheck check, CancellationToken cancellationToken)
    {
        var count = 0L;
        await foreach (var entry in walk.EntriesAsync(stream, facts.Report.LastId, cancellationToken))
        {
            check.Add(entry);
            count++;
        }

        return count;
    }
}

/// <summary>There is a server, but nothing on it that could be checked.</summary>
public sealed class NothingToCheckException(string message) : Exception(message);
