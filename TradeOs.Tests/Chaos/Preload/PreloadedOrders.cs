using System.IO.MemoryMappedFiles;

namespace TradeOs.Tests.Chaos;

/// <summary>Orders for one process that preload.c is loaded into: its wall clock, and errors of its disk.</summary>
/// <remarks>Of our own, because libfaketime hangs this redis-server.</remarks>
internal sealed class PreloadedOrders : IDisposable
{
    /// <summary>errno of a disk that is full (errno(3), Linux).</summary>
    public const int NoSpace = 28;

    /// <summary>errno of a disk that fails.</summary>
    public const int InputOutput = 5;

    private const int Shifts = 0;
    private const int ShiftedCount = 8;
    private const int WriteError = 16;
    private const int SyncError = 24;
    private const int FailedCount = 32;
    private const int Bytes = 40;

    private static readonly Lazy<Task<string>> Library = new(CompileAsync);

    private readonly TemporaryDirectory _directory = new();
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _orders;

    private PreloadedOrders(string library)
    {
        var path = _directory["orders"];
        File.WriteAllBytes(path, new byte[Bytes]);
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open);
        _orders = _file.CreateViewAccessor(0, Bytes);
        Environment = new Dictionary<string, string> { ["LD_PRELOAD"] = library, ["CHAOS_ORDERS"] = path };
    }

    /// <summary>Variables for the environment of the process.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>How often the process was told a shifted time.</summary>
    public long Shifted => _orders.ReadInt64(ShiftedCount);

    /// <summary>How often a write or a sync of it failed.</summary>
    public long Failed => _orders.ReadInt64(FailedCount);

    /// <summary>No orders yet; the library is compiled when it is first asked for.</summary>
    public static async Task<PreloadedOrders> CreateAsync() => new(await Library.Value);

    /// <summary>From now on its wall clock is off by so much.</summary>
    public void Shift(TimeSpan by) => _orders.Write(Shifts, by.Ticks * TimeSpan.NanosecondsPerTick);

    /// <summary>From now on its writes to files fail with that errno; 0 lets them through.</summary>
    public void FailWrites(int error) => _orders.Write(WriteError, (long)error);

    /// <summary>From now on its fsync and fdatasync fail with that errno; 0 lets them through.</summary>
    public void FailSyncs(int error) => _orders.Write(SyncError, (long)error);

    /// <inheritdoc/>
    public void Dispose()
    {
        _orders.Dispose();
        _file.Dispose();
        _directory.Dispose();
    }

    private static async Task<string> CompileAsync()
    {
        var directory = new TemporaryDirectory();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => directory.Dispose();
        var source = Path.Combine(Repository.Root, "TradeOs.Tests", "Chaos", "Preload", "preload.c");
        var compiled = await ChildProcess.RunAsync(
            "cc", "-O2", "-Wall", "-Werror", "-shared", "-fPIC", "-o", directory["preload.so"], source);
        return compiled.ExitCode == 0
            ? directory["preload.so"]
            : throw new InvalidOperationException($"{source} does not compile:\n{compiled.Output}{compiled.Error}");
    }
}
