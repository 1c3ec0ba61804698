namespace TradeOs.Bus;

/// <summary>The bus in this process's memory: replay, tests and <c>--bus memory</c> run on it.</summary>
/// <param name="store">Where the entries are; two buses on one store behave as two hosts on one server.</param>
public sealed class InMemoryStreamBus(MemoryStore store) : IStreamBus
{
    private readonly HashSet<string> _opened = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public Task<IStreamReader> OpenAsync(ReaderDefinition definition, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (store.Lock)
        {
            var record = store.Register(definition);
            if (_opened.Contains(definition.Name) && record.Owner != this)
                throw new FencedException($"{definition.Name} was opened by another host since.");
            if (definition.Input is { } input && !store.Streams.ContainsKey(input))
                throw new StreamDamagedException($"{input}: the stream that {definition.Name} reads is gone.");
            if (record.Epoch > 0 && record.StateVersion != definition.StateVersion)
                throw StateVersions.Refusal(definition, record.StateVersion);
            _opened.Add(definition.Name);
            record.Owner = this;
            record.StateVersion = definition.StateVersion;
            record.CommitNumber = 0;
            record.Epoch++;
            return Task.FromResult<IStreamReader>(new InMemoryStreamReader(store, definition, record));
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<Entry>> RangeAsync(
        string stream, EntryId after, int countMax, CancellationToken cancellationToken)
    {
        var found = new List<Entry>();
        lock (store.Lock)
        {
            if (store.Streams.TryGetValue(stream, out var entries)) entries.Read(after, countMax, found);
        }

        return Task.FromResult<IReadOnlyList<Entry>>(found);
    }

    /// <inheritdoc/>
    public Task<StreamReport> InspectStreamAsync(string stream, CancellationToken cancellationToken)
    {
        lock (store.Lock)
        {
            return Task.FromResult(store.Streams.TryGetValue(stream, out var found)
                ? new StreamReport(found.Length, found.Added, found.LastId, EntryId.Zero)
                : default);
        }
    }

    /// <inheritdoc/>
    public Task<Checkpoint?> InspectReaderAsync(string reader, CancellationToken cancellationToken)
    {
        lock (store.Lock)
        {
            return Task.FromResult(store.Readers.TryGetValue(reader, out var record) ? record.Checkpoint : null);
        }
    }
}
