using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using TradeOs.Bus;
using TradeOs.Host;
using TradeOs.Tests.Bus;

namespace TradeOs.Tests.Chaos;

/// <summary>A server that died behind a commit, whose append-only file is cut at one byte of it after another.</summary>
/// <remarks>
/// The classes of the product do everything, in this process, because a host for each byte would take hours: the
/// repair of a managed server, the seal of an external one, the bus. The commit has outputs to two streams, sets state
/// and acknowledges.
/// </remarks>
internal sealed class CutCommit : IDisposable
{
    private const int Inputs = 4;
    private const string Filler = "0123456789abcdefghijklmnopqrstuvwxyz";

    private static readonly ReaderDefinition Reader = new("copy", "in", ReadMode.Group, ["out", "side"], 1);

    private readonly TemporaryDirectory _template = new();
    private byte[] _file = [];

    private CutCommit()
    {
    }

    /// <summary>First byte of the commit in the file.</summary>
    public int Start { get; private set; }

    /// <summary>The byte behind it.</summary>
    public int End { get; private set; }

    /// <summary>Runs a server up to the end of the commit and kills it.</summary>
    public static async Task<CutCommit> MakeAsync()
    {
        var cut = new CutCommit();
        await using var server = await RedisServerProcess.StartAsync();
        using (var bus = NewBus(server.Options, new OpenGate()))
        {
            for (var entry = 0; entry < 2 * Inputs; entry++) await AddAsync(server.Options, entry);
            await using var reader = await bus.OpenAsync(Reader, default);
            await CommitAsync(reader, Inputs);
            await CommitAsync(reader, Inputs);
        }

        await server.KillAsync();
        Copy(server.Directory, cut._template.Path);
        cut._file = await File.ReadAllBytesAsync(AofTail.FileIn(server.Directory));
        (cut.Start, cut.End) = AofTail.LastTransaction(cut._file);
        return cut;
    }

    /// <summary>Cuts at <paramref name="kept"/> and repairs as a managed host does before it starts the server.</summary>
    /// <returns>Bytes left in the file.</returns>
    public async Task<int> RepairedAsync(int kept)
    {
        using var data = new TemporaryDirectory();
        var paths = new ManagedPaths(data.Path);
        Copy(_template.Path, paths.Directory);
        await File.WriteAllBytesAsync(AofTail.FileIn(paths.Directory), _file[..kept]);
        var binaries = ServerBinaries.Find("", Environment.GetEnvironmentVariable("PATH") ?? "");
        await new AofRepair(binaries.CheckAof, paths, NullLogger.Instance).RepairAsync(default);
        return (int)new FileInfo(AofTail.FileIn(paths.Directory)).Length;
    }

    /// <summary>Cuts at <paramref name="kept"/>, starts, writes, restarts, and looks whether everything acknowledged is
    /// there.</summary>
    /// <exception cref="InvariantBrokenException">It is not.</exception>
    public async Task VerifyAsync(int kept, bool isSealed)
    {
        await using var server = await RedisServerProcess.StartAsync();
        await server.KillAsync();
        Directory.Delete(Path.Combine(server.Directory, "appendonlydir"), recursive: true);
        Copy(_template.Path, server.Directory);
        await File.WriteAllBytesAsync(AofTail.FileIn(server.Directory), _file[..kept]);
        await server.StartAgainAsync();
        IServerGate gate = isSealed ? new SealingGate(server.Options) : new OpenGate();
        var added = 2 * Inputs;
        using (var bus = NewBus(server.Options, gate))
        {
            await using var reader = await bus.OpenAsync(Reader, default);
            Trial.Demand(
                reader.Checkpoint.Count == (kept == End ? 2 * Inputs : Inputs),
                $"cut at byte {kept - Start}: the checkpoint counts {reader.Checkpoint.Count} after the first start");
            await AddAsync(server.Options, added++);
            await CommitAsync(reader, added - (int)reader.Checkpoint.Count);
        }

        await server.RestartAsync();
        await ExpectAsync(server.Options, kept, added);
    }

    /// <inheritdoc/>
    public void Dispose() => _template.Dispose();

    private async Task ExpectAsync(RedisOptions options, int kept, int added)
    {
        using var bus = NewBus(options, new OpenGate());
        foreach (var stream in Reader.Outputs)
        {
            var held = (await bus.RangeAsync(stream, EntryId.Zero, 1000, default)).Select(CopyStage.TextOf).ToList();
            Trial.Demand(
                held.SequenceEqual(Enumerable.Range(0, added).Select(TextOf)),
                $"cut at byte {kept - Start} of {End - Start}, restarted, written, restarted: {stream} holds " +
                $"{held.Count} entries, expected {added}, each acknowledged and once.");
        }

        try
        {
            await using var reader = await bus.OpenAsync(Reader, default);
            Trial.Demand(
                reader.Checkpoint.Count == added && reader.State.Count == 1
                    && reader.State.GetValueOrDefault("last") == TextOf(added - 1),
                $"cut at byte {kept - Start}: checkpoint or state is not what was committed last.");
        }
        catch (StreamDamagedException damaged)
        {
            throw new InvariantBrokenException($"cut at byte {kept - Start}: {damaged.Message}");
        }
    }

    private static async Task CommitAsync(IStreamReader reader, int count)
    {
        var batch = new Batch();
        foreach (var entry in await reader.ReadAsync(count, TimeSpan.FromSeconds(5), default))
        {
            var text = CopyStage.TextOf(entry);
            batch.Append("out").Add("text"u8, text);
            batch.Append("side").Add("text"u8, text);
            batch.Complete(entry.Id);
            batch.SetState("last", text);
        }

        var result = await reader.CommitAsync(batch, default);
        if (result != CommitResult.Committed) throw new InvalidOperationException($"The commit was answered {result}.");
    }

    private static async Task AddAsync(RedisOptions options, int number)
    {
        using var control = await ControlConnection.ConnectAsync(options, default);
        await control.ExecuteAsync("XADD", "in", "*", "text", TextOf(number));
    }

    private static string TextOf(int number) => number.ToString(CultureInfo.InvariantCulture) + " " + Filler;

    private static RedisStreamBus NewBus(RedisOptions options, IServerGate gate) => new(
        options, ImmutableDictionary<string, StreamLimit>.Empty, gate, Guid.NewGuid().ToString("N"),
        TimeProvider.System, NullLogger<RedisStreamBus>.Instance);

    private static void Copy(string from, string to)
    {
        foreach (var path in Directory.EnumerateFiles(Path.Combine(from, "appendonlydir")))
        {
            var target = Path.Combine(to, "appendonlydir", Path.GetFileName(path));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(path, target);
        }
    }

    /// <summary>What the gate of the product does to a server somebody else started.</summary>
    private sealed class SealingGate(RedisOptions options) : IServerGate
    {
        public async Task AdmitAsync(string runId, CancellationToken cancellationToken)
        {
            using var control = await ControlConnection.ConnectAsync(options, cancellationToken);
            await new AofSeal(control, TimeProvider.System).SealAsync(runId, cancellationToken);
        }
    }
}
