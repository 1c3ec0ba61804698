using System.Globalization;
using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Tests.EndToEnd;

/// <summary>A server and a data directory that a run made its own, for each test, and backlogs of intents and
/// orders.</summary>
public abstract class ControlFixture
{
    /// <summary>Entries of a backlog: buys and sales by turns, a minute apart.</summary>
    protected const int Backlog = 3600;

    private const string Fill = """
        local kind, first, last = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
        for i = first, last do
          local minute = i % 60
          local hour = math.floor(i / 60) % 24
          local day = 1 + math.floor(i / 1440) % 28
          local at = string.format('2024-08-%02dT%02d:%02d:00.000000Z', day, hour, minute)
          local side = i % 2 == 1 and 'buy' or 'sell'
          local words = { 'at', at }
          if kind == 'order' then words[3], words[4] = 'order_id', 'paper-' .. i end
          for _, word in ipairs({ 'intent_id', 'I-' .. i, 'symbol', 'BTCUSDT', 'strategy', 's', 'side', side,
            'qty', '1', 'price', '100', 'bid', '100', 'ask', '100', 'volume', '10', 'notional', '100' }) do
            words[#words + 1] = word
          end
          redis.call('XADD', KEYS[1], '*', unpack(words))
        end
        """;

    private protected const string SetAndCount =
        "redis.call('SET', KEYS[1], ARGV[1]) return redis.call('HGET', KEYS[2], 'count')";

    protected RedisServerProcess Server { get; private set; } = null!;

    private protected TemporaryDirectory Files { get; private set; } = null!;

    private protected string[] Where =>
        ["--redis", Server.Endpoint, "--set", "Redis:Mode=External", "--data", Files["data"]];

    [SetUp]
    public async Task StartAsync()
    {
        Files = new TemporaryDirectory();
        Server = await RedisServerProcess.StartAsync();
        var run = await RunAsync();
        Assert.That(run.ExitCode, Is.Zero, run.ToString());
    }

    [TearDown]
    public async Task StopAsync()
    {
        await Server.DisposeAsync();
        Files.Dispose();
    }

    private protected Task<TradeOsResult> RunAsync(int batchCountMax = 128) => TradeOsProcess.RunAsync(
        ["run", "--feed", "none", "--until-idle", "--json", .. Batches(batchCountMax), .. Where]);

    /// <summary>A host that runs until it is stopped.</summary>
    private protected TradeOsProcess StartHost(int batchCountMax = 128) =>
        TradeOsProcess.Start(["run", "--feed", "none", .. Batches(batchCountMax), .. Where]);

    private protected Task<TradeOsResult> VerbAsync(string verb, string reason, params string[] more) =>
        TradeOsProcess.RunAsync([verb, "--reason", reason, .. more, .. Where]);

    /// <summary>Appends intents, or orders, that would all be approved, or filled.</summary>
    protected Task<string> AddAsync(string stream, int first, int last) => Server.CliAsync(
        "EVAL", Fill, "1", stream, stream == StreamNames.TradeApproved ? "order" : "intent",
        first.ToString(CultureInfo.InvariantCulture), last.ToString(CultureInfo.InvariantCulture));

    /// <summary>Waits until a stage has decided that many; the host must not end before.</summary>
    private protected async Task ReachAsync(TradeOsProcess host, string stage, long count)
    {
        while (await CountAsync(stage) < count)
        {
            Assert.That(host.HasExited, Is.False, host.Error);
            await Task.Delay(1, TestContext.CurrentContext.CancellationToken);
        }
    }

    protected async Task<long> CountAsync(string stage) => long.Parse(
        await Server.CliAsync("HGET", RedisKeys.Checkpoint(stage), "count"), CultureInfo.InvariantCulture);

    /// <summary>Every entry a stream holds.</summary>
    protected async Task<IReadOnlyList<Entry>> EntriesAsync(string stream)
    {
        using var control = await ControlConnection.ConnectAsync(Server.Options, CancellationToken.None);
        var entries = new List<Entry>();
        await foreach (var entry in StreamEntries.AllAsync(control, stream)) entries.Add(entry);
        return entries;
    }

    /// <summary>Where a stage obeyed, oldest first.</summary>
    protected async Task<IReadOnlyList<ControlNote>> NotesAsync(string stage) =>
        [.. (await EntriesAsync(StreamNames.ControlLog)).Select(entry => ControlNote.Read(entry.Fields)!)
            .Where(note => note.Stage == stage)];

    /// <summary>What a new stage writes, shown the recorded input with the changes at the recorded places.</summary>
    protected async Task<IReadOnlyList<string>> ReplayAsync(string name, int batchCountMax)
    {
        var notes = await NotesAsync(name);
        var reader = Topology.Reader(name);
        var stage = Pipeline.CreateStages(new StageOptions()).Single(stage => stage.Reader.Name == name);
        var (batch, written, count) = (new Batch(), new List<string>(), 0L);
        stage.Restore(new Dictionary<string, string>());
        var position = EntryId.Zero;
        Obey();
        foreach (var entry in await EntriesAsync(reader.Input!))
        {
            stage.Apply(entry, batch);
            (position, count) = (entry.Id, count + 1);
            if (count % batchCountMax == 0) Flush();
            Obey();
        }

        Flush();
        return written;

        void Obey()
        {
            foreach (var note in notes.Where(note => note.Count == count))
                stage.Obey(note.Flag.ToString(), new Checkpoint(position, count, 0, 0), batch);
        }

        void Flush()
        {
            stage.Save(batch);
            foreach (var stream in reader.Outputs)
                written.AddRange(batch.Appended(stream).Select(fields => stream + " " + TextOf(fields)));
            batch.Clear();
        }
    }

    /// <summary>What a stage wrote, stream by stream.</summary>
    protected async Task<IReadOnlyList<string>> WrittenAsync(string name)
    {
        var written = new List<string>();
        foreach (var stream in Topology.Reader(name).Outputs)
        {
            var isSide = Topology.SideStreams.Contains(stream);
            foreach (var entry in await EntriesAsync(stream))
            {
                var text = TextOf(entry.Fields);
                if (!isSide || text.Contains($"stage={name} ", StringComparison.Ordinal))
                    written.Add(stream + " " + text);
            }
        }

        return written;
    }

    protected static IReadOnlyList<string> OfStream(IEnumerable<string> written, string stream) =>
        [.. written.Where(line => line.StartsWith(stream + " ", StringComparison.Ordinal))];

    private static string[] Batches(int countMax) =>
        ["--set", string.Create(CultureInfo.InvariantCulture, $"Pipeline:BatchCountMax={countMax}")];

    private static string TextOf(Fields fields)
    {
        var text = new System.Text.StringBuilder();
        foreach (var field in fields)
        {
            text.Append(System.Text.Encoding.UTF8.GetString(field.Name)).Append('=')
                .Append(System.Text.Encoding.UTF8.GetString(field.Value)).Append(' ');
        }

        return text.ToString();
    }
}
