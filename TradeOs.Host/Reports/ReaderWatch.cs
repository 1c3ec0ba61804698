using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>Looks at the stages until each has shown that it works: it moved, or it has nothing to do and still
/// asks.</summary>
/// <remarks>
/// A connection that is there proves nothing: that of a stopped process is, too. But every reader asks anew when a read
/// of a second at most ends, so the idle time Redis keeps of its connection tells whether it asked since this look
/// began. Redis counts that in whole seconds: one of N was idle for less than N + 1.
/// </remarks>
internal sealed class ReaderWatch(BusLook look, TimeProvider time)
{
    /// <summary>Longest look; two seconds and a read are enough for a healthy one.</summary>
    private static readonly TimeSpan WatchMax = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Redis' own clock moves ten times a second.</summary>
    private static readonly TimeSpan ClockStep = TimeSpan.FromSeconds(1.2);

    private readonly Dictionary<string, string> _lacks = new(StringComparer.Ordinal);

    /// <summary>Where the readers stood at the end.</summary>
    public PipelineReport Report { get; private set; } = null!;

    /// <summary>Looks, for a few seconds at most.</summary>
    /// <returns>What is wrong with each stage that showed no life; empty when all did.</returns>
    public async Task<ImmutableArray<string>> WatchAsync(bool hasHost, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var first = Report = await PipelineReport.ReadAsync(look.Bus, null, cancellationToken);
        while (true)
        {
            var elapsed = time.GetElapsedTime(began);
            var clients = hasHost ? await ClientsAsync() : [];
            foreach (var now in Watched(Report))
            {
                var was = Watched(first).FirstOrDefault(line => line.Reader == now.Reader) ?? now;
                if (now.Input is null || IsMoving(was, now)) _lacks.Remove(now.Reader);
                else if (Lack(now, clients.GetValueOrDefault(now.Reader), elapsed) is { } lack)
                    _lacks[now.Reader] = lack;
                else _lacks.Remove(now.Reader);
            }

            if (_lacks.Count == 0 || !hasHost || elapsed > WatchMax) return [.. _lacks.Values];
            await Task.Delay(Interval, time, cancellationToken);
            Report = await PipelineReport.ReadAsync(look.Bus, null, cancellationToken);
        }
    }

    private static IEnumerable<ReaderLine> Watched(PipelineReport report) => report.Readers.Concat(report.Archives);

    private static bool IsMoving(ReaderLine was, ReaderLine now) => now.Checkpoint.Count > was.Checkpoint.Count;

    private static string? Lack(ReaderLine reader, TimeSpan? idle, TimeSpan elapsed)
    {
        var seconds = FormattableString.Invariant($"{elapsed.TotalSeconds:0.0} s");
        if (reader.Lag < 0)
        {
            return $"{reader.Reader} has read {reader.Checkpoint.Count} entries of {reader.Input}, {-reader.Lag} " +
                "more than were ever appended. Look with tradeos doctor.";
        }

        if (reader.Lag > 0)
            return $"{reader.Reader} is {reader.Lag} entries behind {reader.Input} and did not move in {seconds}.";
        if (idle is null)
            return $"{reader.Reader} has no connection: it is just reconnecting, or its loop ended.";
        return elapsed > idle + ClockStep
            ? null
            : FormattableString.Invariant(
                $"{reader.Reader} has nothing to read, but did not ask for it in {seconds}: its connection is ") +
              FormattableString.Invariant($"silent for {idle.Value.TotalSeconds:0} s. Its host is stopped or hangs.");
    }

    /// <summary>Idle time of the connection each reader is opened on.</summary>
    private async Task<Dictionary<string, TimeSpan?>> ClientsAsync()
    {
        var idles = new Dictionary<string, string>(StringComparer.Ordinal);
        var list = (string?)await look.Control.ExecuteAsync("CLIENT", "LIST") ?? "";
        foreach (var client in list.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(ServerFacts.ClientLine))
            idles[client.GetValueOrDefault("id", "")] = client.GetValueOrDefault("idle", "");
        var clients = new Dictionary<string, TimeSpan?>(StringComparer.Ordinal);
        foreach (var reader in Watched(Report))
        {
            var id = (string?)await look.Control.ExecuteAsync("HGET", RedisKeys.Checkpoint(reader.Reader), "client");
            if (id is not null && idles.TryGetValue(id, out var idle) && TryParse(idle, out var seconds))
                clients[reader.Reader] = TimeSpan.FromSeconds(seconds);
        }

        return clients;
    }

    private static bool TryParse([NotNullWhen(true)] string? text, out int seconds) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seconds);
}
