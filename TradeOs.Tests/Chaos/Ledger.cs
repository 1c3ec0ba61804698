using System.Globalization;
using TradeOs.Bus;
using TradeOs.Host;
using TradeOs.Stages;

namespace TradeOs.Tests.Chaos;

/// <summary>Everything the host was told is committed, kept outside Redis: in memory and in a file.</summary>
internal sealed class Ledger : IDisposable
{
    private readonly Lock _lock = new();
    private readonly StreamWriter _file;
    private readonly Dictionary<string, Dictionary<string, int>> _outputs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (EntryId Position, long Inputs)> _readers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    private readonly Dictionary<string, List<string>> _owners = new(StringComparer.Ordinal);
    private string? _broken;

    /// <summary>An empty ledger.</summary>
    /// <param name="path">Its file: a line for each commit.</param>
    public Ledger(string path) => _file = new StreamWriter(path) { AutoFlush = true };

    /// <summary>Commits in it.</summary>
    public int Count { get; private set; }

    /// <summary>Takes down what a request and its answer say.</summary>
    public void Note(WireRequest request, ReadOnlyMemory<byte> reply)
    {
        if (!request.IsCommit || !reply.Span.StartsWith("$9\r\ncommitted\r\n"u8)) return;
        lock (_lock)
        {
            foreach (var commit in WireCommit.Of(request.Bytes)) Note(commit);
        }
    }

    /// <summary>Every output that was acknowledged must be in its stream, or in the archive of it, exactly once, and
    /// every checkpoint at or beyond what was acknowledged.</summary>
    /// <exception cref="InvariantBrokenException">It is not so.</exception>
    public async Task VerifyAsync(ControlConnection control, StreamHistory history)
    {
        // What is committed while this looks is not yet in the copy, so everything in it must be found.
        var (outputs, readers) = Copy();
        Trial.Demand(_broken is null, _broken ?? "");
        foreach (var (stream, digests) in outputs)
        {
            var held = new Dictionary<string, int>(StringComparer.Ordinal);
            await foreach (var entry in history.EntriesAsync(stream, EntryId.Zero, EntryId.Max, default))
            {
                var digest = WireCommit.DigestOf(entry);
                held[digest] = held.GetValueOrDefault(digest) + 1;
            }

            var lost = digests.Count(output => held.GetValueOrDefault(output.Key) < output.Value);
            var doubled = digests.Count(output => held.GetValueOrDefault(output.Key) > output.Value);
            Trial.Demand(
                lost == 0 && doubled == 0,
                $"{stream}: of {digests.Values.Sum()} acknowledged entries {lost} are lost and {doubled} are there " +
                "more often than they were acknowledged.");
        }

        foreach (var (reader, (position, inputs)) in readers)
        {
            var answer = await control.ExecuteAsync("HMGET", RedisKeys.Checkpoint(reader), "position", "count");
            var found = (string[])answer!;
            Trial.Demand(
                EntryId.Parse(found[0] ?? "0-0") >= position
                    && long.Parse(found[1] ?? "0", CultureInfo.InvariantCulture) >= inputs,
                $"{reader}: acknowledged up to {position} with {inputs} inputs, its checkpoint says {found[0]} with " +
                $"{found[1]}.");
        }
    }

    /// <summary>A ledger that understands no commit proves nothing.</summary>
    /// <exception cref="InvalidOperationException">A reader of the path never committed, as far as it
    /// knows.</exception>
    public void ThrowUnlessItHeardAll()
    {
        var silent = Topology.Readers.Where(reader => OwnerOf(reader.Name) is null).Select(reader => reader.Name);
        if (string.Join(", ", silent) is { Length: > 0 } names)
            throw new InvalidOperationException($"The ledger heard no commit of {names}: it proves nothing.");
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>Readers that such a host has ever committed for.</summary>
    public int ReadersOf(Func<string, bool> isOwner)
    {
        lock (_lock) return _owners.Values.Count(owners => owners.Exists(owner => isOwner(owner)));
    }

    /// <summary>The host that committed last for that reader.</summary>
    public string? OwnerOf(string reader)
    {
        lock (_lock) return _owners.GetValueOrDefault(reader)?[^1];
    }

    private void Note(WireCommit commit)
    {
        if (!_told.Add($"{commit.Reader} {commit.Id}")) return;
        Count++;
        NoteOwner(commit);
        foreach (var (stream, digest) in commit.Outputs)
        {
            if (!_outputs.TryGetValue(stream, out var digests)) _outputs[stream] = digests = [];
            digests[digest] = digests.GetValueOrDefault(digest) + 1;
        }

        var before = _readers.GetValueOrDefault(commit.Reader);
        var position = commit.Position.Length > 0 ? EntryId.Parse(commit.Position) : EntryId.Zero;
        _readers[commit.Reader] = (position, before.Inputs + commit.Inputs);
        _file.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{commit.Reader} {commit.Id} position {commit.Position} inputs {commit.Inputs} outputs " +
            $"{string.Join(' ', commit.Outputs.Select(output => output.Stream + '=' + output.Digest[..16]))}"));
    }

    /// <summary>Once another host committed for a reader, the one before must never again.</summary>
    private void NoteOwner(WireCommit commit)
    {
        if (!_owners.TryGetValue(commit.Reader, out var owners)) _owners[commit.Reader] = owners = [];
        if (owners.Count > 0 && owners[^1] == commit.Owner) return;
        if (owners.Contains(commit.Owner))
            _broken ??= $"{commit.Reader}: a host committed again after another had taken over, commit {commit.Id}.";
        owners.Add(commit.Owner);
    }

    private (Dictionary<string, Dictionary<string, int>>, Dictionary<string, (EntryId, long)>) Copy()
    {
        lock (_lock)
        {
            return (
                _outputs.ToDictionary(
                    stream => stream.Key, stream => new Dictionary<string, int>(stream.Value), StringComparer.Ordinal),
                new Dictionary<string, (EntryId, long)>(_readers));
        }
    }
}
