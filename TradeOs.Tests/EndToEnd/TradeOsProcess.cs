using System.Diagnostics;
using System.Text;
using System.Text.Json;
using NUnit.Framework;

namespace TradeOs.Tests.EndToEnd;

/// <summary>The real executable in a process of its own; killed at the end, whatever the test did.</summary>
internal sealed class TradeOsProcess : IAsyncDisposable
{
    /// <summary>No run of a test comes near it; a process that hangs must not hold up everything.</summary>
    private static readonly TimeSpan EndWaitMax = TimeSpan.FromMinutes(5);

    private readonly Process _process;
    private readonly string? _data;
    private readonly StringBuilder _error = new();
    private readonly Task<string> _output;
    private int _disposals;

    private TradeOsProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _data = start.ArgumentList.SkipWhile(argument => argument != "--data").ElementAtOrDefault(1);
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_error) _error.AppendLine(line.Data);
        };
        _process.Start();
        StartedProcesses.Add(_process);
        _process.BeginErrorReadLine();
        _output = _process.StandardOutput.ReadToEndAsync();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>What it wrote to standard error so far.</summary>
    public string Error
    {
        get
        {
            lock (_error) return _error.ToString();
        }
    }

    /// <summary>
    /// Starts <c>tradeos</c> with these arguments; nothing of this machine's environment reaches its settings.
    /// </summary>
    public static TradeOsProcess Start(params string[] arguments) => Start(TradeOsProgram.Shipped, arguments);

    /// <summary>The same for another build of the program, or another environment.</summary>
    public static TradeOsProcess Start(TradeOsProgram program, params string[] arguments)
    {
        var start = Command(program.Path, arguments);
        foreach (var (name, value) in program.Environment) start.Environment[name] = value;
        return Start(start);
    }

    /// <summary>The same with a pipe as its standard input, which stays open until it is closed.</summary>
    public static TradeOsProcess StartWithInput(params string[] arguments)
    {
        var start = Command(TradeOsProgram.Shipped.Path, arguments);
        start.RedirectStandardInput = true;
        return Start(start);
    }

    /// <summary>Writes to its standard input.</summary>
    public async Task WriteAsync(string text)
    {
        await _process.StandardInput.WriteAsync(text);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Ends its standard input.</summary>
    public void CloseInput() => _process.StandardInput.Close();

    private static TradeOsProcess Start(ProcessStartInfo start)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        start.WorkingDirectory = AppContext.BaseDirectory;
        foreach (var name in start.Environment.Keys.ToList())
            if (name.StartsWith("TRADEOS_", StringComparison.Ordinal)) start.Environment.Remove(name);
        return new TradeOsProcess(start);
    }

    /// <summary>A test run in the background ignores SIGINT, and its children would inherit that.</summary>
    private static ProcessStartInfo Command(string program, string[] arguments) => OperatingSystem.IsWindows()
        ? new ProcessStartInfo(program, arguments)
        : new ProcessStartInfo("env", ["--default-signal=INT", program, .. arguments]);

    /// <summary>Runs to the end.</summary>
    public static async Task<TradeOsResult> RunAsync(params string[] arguments)
    {
        await using var process = Start(arguments);
        return await process.EndAsync();
    }

    /// <summary>Waits for the end.</summary>
    public async Task<TradeOsResult> EndAsync()
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(TestContext.CurrentContext.CancellationToken);
        bound.CancelAfter(EndWaitMax);
        try
        {
            await _process.WaitForExitAsync(bound.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"tradeos did not end in {EndWaitMax.TotalMinutes} minutes. It said:\n{Error}");
        }

        return new TradeOsResult(_process.ExitCode, await _output, Error);
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(TestContext.CurrentContext.CancellationToken);
    }

    /// <summary>SIGTERM or SIGINT, as a supervisor or Ctrl-C sends it.</summary>
    public Task SignalAsync(string signal) => Signals.SendAsync(signal, Id);

    /// <summary>Forgets a host that was killed, and leaves its managed server running.</summary>
    public async Task LeaveAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposals, 1) == 1) return;
        var wasCutOff = !_process.HasExited;
        if (wasCutOff) _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        if (wasCutOff) KillManagedServer();
    }

    /// <summary>A managed server outlives a host that was killed; the test's directory must not outlive it.</summary>
    private void KillManagedServer()
    {
        var file = Path.Combine(_data ?? "", "redis", "redis.pid");
        if (_data is null || !File.Exists(file)) return;
        var id = int.Parse(File.ReadAllText(file).Trim(), System.Globalization.CultureInfo.InvariantCulture);
        using var server = Process.GetProcessesByName("redis-server").FirstOrDefault(process => process.Id == id);
        server?.Kill();
    }
}

/// <summary>How a process ended.</summary>
internal sealed record TradeOsResult(int ExitCode, string Output, string Error)
{
    /// <summary>SHA-256 by stream, from the JSON summary.</summary>
    public IReadOnlyDictionary<string, string> Digests => Streams("sha256", value => value.GetString()!);

    /// <summary>Entries the streams themselves hold.</summary>
    public IReadOnlyDictionary<string, long> Held => Streams("held", value => value.GetInt64());

    /// <summary>Entries in archive and stream, by stream.</summary>
    public IReadOnlyDictionary<string, long> Entries => Streams("entries", value => value.GetInt64());

    /// <summary>Entries ever appended, by stream.</summary>
    public IReadOnlyDictionary<string, long> Added => Streams("added", value => value.GetInt64());

    /// <summary>Fields of the last metrics.</summary>
    public IReadOnlyDictionary<string, string> Metrics => Json.GetProperty("metrics").EnumerateObject()
        .Where(figure => figure.Name is not ("trace" or "cause"))
        .ToDictionary(figure => figure.Name, figure => figure.Value.GetString()!);

    private JsonElement Json => JsonDocument.Parse(Output).RootElement;

    public override string ToString() => $"exit {ExitCode}\nstdout:\n{Output}\nstderr:\n{Error}";

    private Dictionary<string, T> Streams<T>(string name, Func<JsonElement, T> value) =>
        Json.GetProperty("streams").EnumerateObject()
            .ToDictionary(stream => stream.Name, stream => value(stream.Value.GetProperty(name)));
}
