using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>
/// SHA-256 of what a stream holds, without ids, so that two runs over the same input can be compared.
/// </summary>
/// <remarks>
/// Hashed are name and value of every field in order, each with its length before it, except <c>trace</c> and
/// <c>cause</c>, which are ids (and the <c>id</c> of a dead letter and the <c>after</c> of a control note, which name
/// one). A side stream has several writers
/// whose interleaving is timing: it is hashed per writing stage, and those hashes together in topology order. What an
/// operator resolved is counted and not hashed: no run over the same input would write it.
/// </remarks>
public sealed class StreamDigest : IDisposable
{
    private readonly bool _isSideStream;
    private readonly bool _isControlLog;
    private readonly SortedDictionary<int, IncrementalHash> _byWriter = [];

    /// <summary>An empty digest of that stream.</summary>
    public StreamDigest(string stream)
    {
        _isSideStream = Topology.SideStreams.Contains(stream);
        _isControlLog = stream == StreamNames.ControlLog;
    }

    /// <summary>Entries added so far.</summary>
    public long Count { get; private set; }

    /// <summary>Adds the next entry of the stream.</summary>
    public void Add(Entry entry)
    {
        Count++;
        if (_isSideStream && Resolution.Is(entry.Fields)) return;
        var hash = HashOf(entry);
        foreach (var field in entry.Fields)
        {
            if (IsId(field.Name)) continue;
            AddWord(hash, field.Name);
            AddWord(hash, field.Value);
        }
    }

    /// <summary>The digest of all entries added, in lower-case hexadecimal.</summary>
    public string ToHex()
    {
        if (!_isSideStream) return Hex(HashOf(default));
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (writer, hash) in _byWriter)
        {
            var line = string.Create(CultureInfo.InvariantCulture, $"{writer} {Hex(hash)}\n");
            all.AppendData(Encoding.ASCII.GetBytes(line));
        }

        return Hex(all);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var hash in _byWriter.Values) hash.Dispose();
    }

    private IncrementalHash HashOf(Entry entry)
    {
        var writer = _isSideStream && entry.Fields.TryGet("stage"u8, out var stage) ? WriterOf(stage) : 0;
        if (_byWriter.TryGetValue(writer, out var hash)) return hash;
        return _byWriter[writer] = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    }

    private bool IsId(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("trace"u8) || name.SequenceEqual("cause"u8) || (_isSideStream && name.SequenceEqual("id"u8))
        || (_isControlLog && name.SequenceEqual("after"u8));

    private static int WriterOf(ReadOnlySpan<byte> stage)
    {
        var name = Encoding.UTF8.GetString(stage);
        for (var index = 0; index < Topology.Readers.Length; index++)
            if (Topology.Readers[index].Name == name) return index;
        return Topology.Readers.Length;
    }

    private static void AddWord(IncrementalHash hash, ReadOnlySpan<byte> word)
    {
        Span<byte> length = stackalloc byte[4];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(length, word.Length);
        hash.AppendData(length);
        hash.AppendData(word);
    }

    private static string Hex(IncrementalHash hash) => Convert.ToHexStringLower(hash.GetCurrentHash());
}
