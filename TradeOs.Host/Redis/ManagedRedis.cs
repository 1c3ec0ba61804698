using System.Diagnostics;
using Microsoft.Extensions.Logging;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>A redis-server that TradeOs starts, repairs and stops, under its data directory.</summary>
/// <remarks>
/// It is a daemon in a session of its own, so that Ctrl-C cannot end it before the last batch, and it outlives a host
/// that was killed: the next host attaches to it.
/// </remarks>
/// <param name="options">Where it listens, its password, its binary.</param>
/// <param name="paths">Where it keeps what.</param>
/// <param name="time">Clock of waits.</param>
/// <param name="logger">One line for each start, attachment, repair and stop.</param>
public sealed partial class ManagedRedis(
    RedisOptions options, ManagedPaths paths, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan ListenWaitMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StopWaitMax = TimeSpan.FromMilliseconds(1500);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// Attaches to the server if it runs; otherwise repairs its files and starts it. It is ready then.
    /// </summary>
    /// <exception cref="RefusedException">
    /// Something else listens, files are damaged, or a binary is missing.
    /// </exception>
    /// <exception cref="BusUnavailableException">It did not start; the message ends with its log.</exception>
    public async Task<ServerProcess> EnsureRunningAsync(CancellationToken cancellationToken)
    {
        var binaries = ServerBinaries.Find(options.ServerPath, Environment.GetEnvironmentVariable("PATH") ?? "");
        CreateDirectory();
        using var turn = await LockAsync(cancellationToken);
        var isAbsent = (await ServerProbe.AskAsync(options, cancellationToken)).Presence == ServerPresence.Absent;
        if (!isAbsent) return await AttachAsync(cancellationToken);
        ThrowIfRunningElsewhere();
        await new AofRepair(binaries.CheckAof, paths, logger).RepairAsync(cancellationToken);
        ManagedConfiguration.Write(options, paths);
        return await StartAsync(binaries.Server, cancellationToken);
    }

    /// <summary>Whether the server at the other end is the managed one.</summary>
    public async Task<bool> IsOursAsync(ControlConnection connection) =>
        paths.IsOurs(await DirectoryOfAsync(connection));

    /// <summary>Asks the server to end and waits 1.5 s at most; it is killed only while it still loads.</summary>
    public async Task StopAsync()
    {
        if (ServerProcess.FindIn(paths) is not { } process) return;
        try
        {
            using var connection = await ControlConnection.ConnectAsync(options, CancellationToken.None);
            await connection.ExecuteAsync("SHUTDOWN").WaitAsync(StopWaitMax, time);
        }
        catch (BusUnavailableException)
        {
            // It closed the connection, as it should; or it loads, and then nothing is lost by ending it at once.
            if ((await ServerProbe.AskAsync(options, CancellationToken.None)).Presence == ServerPresence.NotReady)
                process.Kill();
        }
        catch (Exception failure) when (failure is RefusedException or RedisServerException or TimeoutException)
        {
            LogStopFailed(logger, process.Id, failure.Message);
        }

        if (await process.WaitForEndAsync(PollInterval, StopWaitMax, time, CancellationToken.None))
            LogStopped(logger, process.Id);
        else
            LogStillRunning(logger, process.Id, paths.Log);
    }

    private async Task<ServerProcess> StartAsync(string server, CancellationToken cancellationToken)
    {
        File.Delete(paths.ProcessId);
        Launch(server);
        try
        {
            // Not to be cancelled: until it listens nobody could find it to stop it again.
            await ServerWait.UntilListeningAsync(options, paths, ListenWaitMax, time);
            using var connection = await ServerWait.ConnectAsync(options, time, cancellationToken);
            var process = await IdentifyAsync(connection);
            LogStarted(logger, process.Id, options.Endpoint, paths.Directory);
            return process;
        }
        catch (BusUnavailableException failure)
        {
            await StopAsync();
            throw new BusUnavailableException(
                $"redis-server was started with {paths.Configuration} and is not ready at {options.Endpoint}: " +
                $"{failure.Message} Its log ends:\n{paths.LogTail()}", failure);
        }
        catch (OperationCanceledException)
        {
            await StopAsync();
            throw;
        }
    }

    private void Launch(string server)
    {
        var start = new ProcessStartInfo(server, [paths.Configuration]) { WorkingDirectory = paths.Directory };
        start.RedirectStandardError = !OperatingSystem.IsWindows();
        using var process = Process.Start(start);

        // On Windows it stays a plain child; elsewhere the child ends once the daemon is on its own.
        if (process is null || OperatingSystem.IsWindows()) return;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode == 0) return;
        throw new RefusedException(
            $"{server} did not start with {paths.Configuration}: exit code {process.ExitCode}, expected 0. It said:\n" +
            $"{error.Trim()}\nSet Redis:ServerPath to a redis-server 7.0 or newer.");
    }

    private async Task<ServerProcess> AttachAsync(CancellationToken cancellationToken)
    {
        using var connection = await ServerWait.ConnectAsync(options, time, cancellationToken);
        var process = await IdentifyAsync(connection);
        LogAttached(logger, process.Id, options.Endpoint, paths.Directory);
        return process;
    }

    private async Task<ServerProcess> IdentifyAsync(ControlConnection connection)
    {
        var directory = await DirectoryOfAsync(connection);
        var id = (await connection.InfoAsync("server")).GetValueOrDefault("process_id", "");
        if (!paths.IsOurs(directory))
        {
            throw new RefusedException(
                $"The server at {options.Endpoint} is not the managed one: it works in {directory}, expected " +
                $"{paths.Directory}. Stop it (process {id}), set Redis:Endpoint to a free port, or use it with " +
                "Redis:Mode External.");
        }

        return ServerProcess.Find(int.Parse(id, System.Globalization.CultureInfo.InvariantCulture))
            ?? throw new BusUnavailableException(
                $"The managed Redis, process {id}, ended just after it answered; it is started again.");
    }

    private static async Task<string> DirectoryOfAsync(ControlConnection connection)
    {
        try
        {
            return await connection.ConfigAsync("dir") ?? "an unknown directory";
        }
        catch (RedisServerException)
        {
            return "a directory it does not tell";
        }
    }

    /// <summary>Two servers on the same files would destroy them.</summary>
    private void ThrowIfRunningElsewhere()
    {
        if (ServerProcess.FindIn(paths) is not { } process) return;
        throw new RefusedException(
            $"A redis-server, process {process.Id}, runs in {paths.Directory} and does not answer at " +
            $"{options.Endpoint}. Set Redis:Endpoint back to where it listens, or stop it with: kill {process.Id}");
    }

    private void CreateDirectory()
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(paths.Directory);
        else Directory.CreateDirectory(
            paths.Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private async Task<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(paths.StartLock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(paths.StartLock))
            {
                // Another host starts it; a killed one leaves no lock behind.
                await Task.Delay(PollInterval, time, cancellationToken);
            }
        }
    }

    [LoggerMessage(342, LogLevel.Information,
        "Managed Redis, process {Id}, started at {Endpoint}, data in {Directory}.")]
    private static partial void LogStarted(ILogger logger, int id, string endpoint, string directory);

    [LoggerMessage(343, LogLevel.Information,
        "Attached to the managed Redis that runs already, process {Id}, at {Endpoint}, data in {Directory}.")]
    private static partial void LogAttached(ILogger logger, int id, string endpoint, string directory);

    [LoggerMessage(346, LogLevel.Information, "Managed Redis, process {Id}, stopped.")]
    private static partial void LogStopped(ILogger logger, int id);

    [LoggerMessage(347, LogLevel.Warning, "Managed Redis, process {Id}, did not accept SHUTDOWN: {Reason}")]
    private static partial void LogStopFailed(ILogger logger, int id, string reason);

    [LoggerMessage(348, LogLevel.Warning,
        "Managed Redis, process {Id}, still runs after 1.5 s; the next start attaches to it. Its log is {Log}.")]
    private static partial void LogStillRunning(ILogger logger, int id, string log);
}
