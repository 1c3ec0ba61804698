using System.Collections.Immutable;
using System.IO.Compression;
using System.Text;
using Microsoft.Extensions.Logging;
using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Host;
using TradeOs.Stages;

namespace TradeOs.Tests.Feeds;

/// <summary>A server in memory and a folder of its own; feeds run on them one after another, as hosts would.</summary>
internal sealed class FeedRun : IDisposable
{
    private readonly MemoryStore _store = new(new Dictionary<string, StreamLimit>());
    private readonly string _folder = Directory.CreateTempSubdirectory("tradeos-feed-").FullName;

    public FeedRun() => Bus = new InMemoryStreamBus(_store);

    public InMemoryStreamBus Bus { get; private set; }

    public FeedProgress Progress { get; private set; } = new();

    public ListLogger Logger { get; } = new();

    public int BatchCountMax { get; set; } = 256;

    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>What the feed reads as standard input.</summary>
    public Stream Input { get; set; } = Stream.Null;

    /// <summary>The folder files are written to.</summary>
    public string Folder => _folder;

    /// <summary>Writes a file, its name may begin with folders, and answers its path.</summary>
    public string File(string name, string text) => File(name, Encoding.UTF8.GetBytes(text));

    public string File(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllBytes(path, bytes);
        return path;
    }

    public static byte[] Gzip(string text)
    {
        using var packed = new System.IO.MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }

    /// <summary>A zip archive of these files; a name that ends in a slash is a folder.</summary>
    public static byte[] Zip(params (string Name, string Text)[] files)
    {
        using var packed = new System.IO.MemoryStream();
        using (var archive = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in files)
            {
                using var entry = archive.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(text));
            }
        }

        return packed.ToArray();
    }

    /// <summary>Runs a feed as a new host would, until its sources end.</summary>
    public async Task ToEndAsync(params string[] specs)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await RunAsync(new InMemoryStreamBus(_store), specs, patience.Token);
        Assert.That(Progress.IsCompleted, Is.True, "The feed did not end.");
    }

    /// <summary>Runs a feed as a new host would, on what <paramref name="wrap"/> makes of its bus.</summary>
    public Task ToStopAsync(Func<IStreamBus, IStreamBus> wrap, CancellationToken cancellationToken,
        params string[] specs) =>
        RunAsync(wrap(new InMemoryStreamBus(_store)), specs, cancellationToken);

    public T Fails<T>(params string[] specs)
        where T : Exception => Assert.ThrowsAsync<T>(() => ToEndAsync(specs))!;

    public async Task<ImmutableArray<Entry>> EntriesAsync(string stream) =>
        [.. await Bus.RangeAsync(stream, EntryId.Zero, int.MaxValue, CancellationToken.None)];

    /// <summary>The market events fed, each as the stages read it.</summary>
    public async Task<ImmutableArray<MarketEvent>> EventsAsync()
    {
        var events = ImmutableArray.CreateBuilder<MarketEvent>();
        foreach (var entry in await EntriesAsync(StreamNames.MarketData))
        {
            var read = MarketEvent.Read(entry.Fields, out var error);
            Assert.That(error, Is.Null, entry.Fields.ToString());
            events.Add(read!);
        }

        return events.ToImmutable();
    }

    /// <summary>One field of every dead letter.</summary>
    public async Task<ImmutableArray<string>> LettersAsync(string field) =>
        [.. (await EntriesAsync(StreamNames.DeadLetters)).Select(entry => Text(entry, field))];

    /// <summary>Everything fed, as text, in order.</summary>
    public async Task<string> TextAsync() => string.Join('\n',
        (await EntriesAsync(StreamNames.MarketData)).Concat(await EntriesAsync(StreamNames.DeadLetters))
        .Select(entry => entry.Fields.ToString()));

    public static string Text(Entry entry, string field) =>
        entry.Fields.TryGet(Encoding.UTF8.GetBytes(field), out var value) ? Encoding.UTF8.GetString(value) : "";

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task RunAsync(IStreamBus bus, string[] specs, CancellationToken cancellationToken)
    {
        Bus = new InMemoryStreamBus(_store);
        Progress = new FeedProgress();
        var limits = new LoopLimits(BatchCountMax, TimeSpan.FromMilliseconds(50));
        var loop = new FeedLoop(
            bus, [.. specs.Select(FeedSpec.Parse)], limits, Progress, Time, Logger, () => Input);
        await loop.RunAsync(cancellationToken);
    }
}

/// <summary>Keeps what was logged.</summary>
internal sealed class ListLogger : ILogger<FeedLoop>
{
    public List<string> Lines { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter) =>
        Lines.Add(formatter(state, exception));
}
