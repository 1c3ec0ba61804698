using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using TradeOs.Stages;

namespace TradeOs.Benchmarks;

/// <summary><c>tradeos run</c> in a process of its own on a Redis that can be taken away.</summary>
internal sealed class RunningHost : IAsyncDisposable
{
    private readonly OutageKind _kind;
    private readonly string _directory = Directory.CreateTempSubdirectory("tradeos-resume-").FullName;
    private readonly int _port = BenchmarkServer.FreePort();
    private readonly StallingProxy _proxy;
    private readonly Process _host;
    private Process? _redis;

    private RunningHost(OutageKind kind)
    {
        (_kind, _proxy) = (kind, new StallingProxy(_port));
        Directory.CreateDirectory(Path.Combine(_directory, "server"));
        if (kind != OutageKind.KilledManaged) StartRedis();
        if (IsThroughProxy) _proxy.Open();
        _host = Process.Start(HostProcess.WithoutSettings(new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "tradeos"),
            [
                "run", "--redis", IsThroughProxy ? _proxy.Endpoint : Endpoint,
                "--data", Path.Combine(_directory, "data"),
                "--set", $"Redis:Mode={(kind == OutageKind.KilledManaged ? "Managed" : "External")}",
                "--feed", "simulated:rate=200",
            ])
        { RedirectStandardError = true, RedirectStandardOutput = true }))!;
        _host.ErrorDataReceived += (_, _) => { };
        _host.BeginErrorReadLine();
        AppDomain.CurrentDomain.ProcessExit += OnExit;
    }

    private string Endpoint => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port}");

    private bool IsThroughProxy => _kind is OutageKind.Refused or OutageKind.Lost;

    /// <summary>Starts Redis and host.</summary>
    public static RunningHost Start(OutageKind kind) => new(kind);

    /// <summary>Returns when feed and first stage have committed more.</summary>
    public async Task UntilMovingAsync()
    {
        using var checkpoints = await Checkpoints.ConnectAsync(Endpoint);
        var before = checkpoints.Read();
        while (!IsMoving(before, checkpoints.Read(), isReopened: false))
        {
            if (_host.HasExited) throw new InvalidOperationException($"The host ended with {_host.ExitCode}.");
            await Task.Delay(5);
        }
    }

    /// <summary>Takes Redis away for so long and gives the milliseconds from its first answer until the host goes
    /// on.</summary>
    public async Task<double> OutageAsync(TimeSpan length)
    {
        IReadOnlyDictionary<string, (long Count, long Epoch)> before;
        int id;
        using (var checkpoints = await Checkpoints.ConnectAsync(Endpoint))
            (before, id) = (checkpoints.Read(), checkpoints.ProcessId());
        Begin(id);
        if (_kind != OutageKind.KilledManaged) await Task.Delay(length);
        End(id);
        using var again = await Checkpoints.ConnectAsync(Endpoint);
        var start = Stopwatch.GetTimestamp();
        while (!IsMoving(before, again.Read(), isReopened: _kind != OutageKind.Stopped))
        {
            if (_host.HasExited) throw new InvalidOperationException($"The host ended with {_host.ExitCode}.");
            await Task.Delay(2);
        }

        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        Signals.Send("TERM", _host.Id);
        await _host.WaitForExitAsync();
        _host.Dispose();
        _redis?.Kill();
        _redis?.Dispose();
        _proxy.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static bool IsMoving(
        IReadOnlyDictionary<string, (long Count, long Epoch)> before,
        IReadOnlyDictionary<string, (long Count, long Epoch)> now, bool isReopened)
    {
        if (isReopened && Topology.Readers.Any(reader => now[reader.Name].Epoch <= before[reader.Name].Epoch))
            return false;
        return new[] { Topology.Feed.Name, Topology.Stages[0].Name }
            .All(name => now[name].Count > before[name].Count);
    }

    private void Begin(int id)
    {
        if (_kind == OutageKind.Refused) _proxy.Close();
        else if (_kind == OutageKind.Lost) _proxy.Stall();
        else Signals.Send(_kind == OutageKind.Stopped ? "STOP" : "KILL", id);
    }

    private void End(int id)
    {
        if (IsThroughProxy) _proxy.Open();
        else if (_kind == OutageKind.Stopped) Signals.Send("CONT", id);
        else if (_kind == OutageKind.Killed) StartRedis();
    }

    private void StartRedis()
    {
        _redis?.WaitForExit();
        _redis?.Dispose();
        _redis = Process.Start(new ProcessStartInfo(
            "redis-server",
            [
                "--port", _port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir",
                Path.Combine(_directory, "server"), "--appendonly", "yes", "--appendfsync", "always", "--save", "",
                "--logfile", Path.Combine(_directory, "redis.log"),
            ]));
    }

    private void OnExit(object? sender, EventArgs arguments)
    {
        _host.Kill();
        _redis?.Kill();
    }
}
