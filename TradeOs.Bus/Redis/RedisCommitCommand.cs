using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace TradeOs.Bus;

/// <summary>Writes a batch of one reader, or batches of a chain, as a call of commit.lua; the order of keys and words
/// is told there.</summary>
internal sealed class RedisCommitCommand
{
    private const int HeaderWords = 19;

    private readonly ReaderDefinition _definition;
    private readonly IReadOnlyDictionary<string, StreamLimit> _limits;
    private readonly byte[] _epoch;
    private readonly string _owner;
    private readonly string _control;
    private readonly KnownCheckpoint _known;
    private readonly List<(string Stream, int Count)> _streams = [];
    private readonly List<KeyValuePair<string, string?>> _set = [];
    private readonly List<string> _removed = [];
    private readonly PackedWords _words = new();
    private int _keys;

    public RedisCommitCommand(
        ReaderDefinition definition, IReadOnlyDictionary<string, StreamLimit> limits, long epoch, string owner,
        string control, KnownCheckpoint known)
    {
        (_definition, _limits, _owner, _control, _known) = (definition, limits, owner, control, known);
        _epoch = Encoding.ASCII.GetBytes(epoch.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Text of the script, embedded in this assembly.</summary>
    public static string Script { get; } = LuaScript.Read("commit.lua");

    /// <summary>SHA-1 of the script: what EVALSHA calls it by. An identifier of Redis', nothing is protected by
    /// it.</summary>
#pragma warning disable CA5350 // Redis identifies scripts by SHA-1.
    private static byte[] Sha { get; } = Encoding.ASCII.GetBytes(
        Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(Script))));
#pragma warning restore CA5350

    /// <summary>Makes the words of one batch.</summary>
    /// <param name="batch">What to commit.</param>
    /// <param name="acknowledge">Entries to acknowledge, for a group reader.</param>
    /// <param name="received">How far a group reader has read: last id and how many.</param>
    /// <exception cref="InvariantViolatedException">The stage wrote an entry Redis does not take.</exception>
    public void Prepare(Batch batch, List<EntryId> acknowledge, string received)
    {
        BatchRules.Verify(batch, _definition.Name);
        Sort(batch);
        _keys = 4 + _streams.Count + _streams.Sum(stream => ReadersOf(stream.Stream).Length);
        var outputWords = 0;
        foreach (var output in batch.Outputs) outputWords += 3 + (2 * output.FieldCount);
        _words.Begin(HeaderWords + (3 * _streams.Count) + outputWords + _removed.Count + acknowledge.Count);
        WriteHeader(batch, received, acknowledge.Count);
        WriteOutputs(batch);
        foreach (var key in _removed) _words.Word(key);
        foreach (var id in acknowledge) _words.Word(id);
    }

    /// <summary>Adds one command for everything that was prepared to <paramref name="writer"/>.</summary>
    /// <param name="writer">Where commands gather.</param>
    /// <param name="together">Of each reader that commits with it, in the order of their chain.</param>
    public static void Write(RespWriter writer, IReadOnlyList<RedisCommitCommand> together)
    {
        var keys = together.Sum(command => command._keys);
        writer.Begin(3 + keys + together.Sum(command => 1 + (2 * command._set.Count)));
        writer.Word("EVALSHA"u8);
        writer.Word(Sha);
        writer.Word(keys);
        foreach (var command in together) command.WriteKeys(writer);
        foreach (var command in together) command.WriteWords(writer);
    }

    /// <summary>Names a batch among all commits of the reader.</summary>
    public string CommitIdOf(Batch batch) =>
        batch.CommitNumber.ToString(CultureInfo.InvariantCulture) + "@" + Encoding.ASCII.GetString(_epoch);

    private void WriteKeys(RespWriter writer)
    {
        writer.Word(RedisKeys.Checkpoint(_definition.Name));
        writer.Word(RedisKeys.State(_definition.Name));
        writer.Word(_definition.ObeysControl ? RedisKeys.Control : RedisKeys.Checkpoint(_definition.Name));
        writer.Word(_definition.Input ?? RedisKeys.Checkpoint(_definition.Name));
        foreach (var (stream, _) in _streams)
        {
            writer.Word(stream);
            foreach (var reader in ReadersOf(stream)) writer.Word(RedisKeys.Checkpoint(reader));
        }
    }

    private void WriteWords(RespWriter writer)
    {
        writer.Word(_words.Written);
        foreach (var (key, value) in _set)
        {
            writer.Word(key);
            writer.Word(value!);
        }
    }

    private void WriteHeader(Batch batch, string received, int acknowledged)
    {
        _words.Word(_epoch);
        _words.Word(_owner);
        _words.Word(CommitIdOf(batch));
        _words.Word(_control);
        if (batch.Position == EntryId.Zero) _words.Word(""u8);
        else _words.Word(batch.Position);
        _words.Word(batch.InputCount);
        _words.Word(batch.OutputCount);
        _words.Word(batch.SilentCount);
        _words.Word(_definition.Mode == ReadMode.Group ? _definition.Name : "");
        _words.Word(_streams.Count);
        _words.Word(_known.Standing.Text);
        _words.Word(_known.Standing.StateKeys);
        var digest = _known.DigestAfter(batch);
        _words.Word(digest);
        _words.Word(_known.ChecksumAfter(batch, CommitIdOf(batch), digest));
        _words.Word(received);
        _words.Word(_keys);
        _words.Word(2 * _set.Count);
        _words.Word(_removed.Count);
        _words.Word(acknowledged);
        foreach (var (stream, count) in _streams)
        {
            _words.Word(_limits.TryGetValue(stream, out var limit) ? limit.MaxLength : int.MaxValue);
            _words.Word(count);
            _words.Word(ReadersOf(stream).Length);
        }
    }

    private void WriteOutputs(Batch batch)
    {
        for (var index = 0; index < batch.OutputCount; index++)
        {
            _words.Word(IndexOf(batch.Outputs[index].Stream) + 1);
            if (batch.Outputs[index].Id == EntryId.Zero) _words.Word("*"u8);
            else _words.Word(batch.Outputs[index].Id);
            _words.Word(2 * batch.Outputs[index].FieldCount);
            foreach (var field in batch.FieldsOf(index))
            {
                _words.Word(field.Name);
                _words.Word(field.Value);
            }
        }
    }

    private void Sort(Batch batch)
    {
        _streams.Clear();
        _set.Clear();
        _removed.Clear();
        foreach (var output in batch.Outputs)
        {
            var index = IndexOf(output.Stream);
            if (index < 0) _streams.Add((output.Stream, 1));
            else _streams[index] = (output.Stream, _streams[index].Count + 1);
        }

        foreach (var change in batch.StateChanges)
        {
            if (change.Value is null) _removed.Add(change.Key);
            else _set.Add(change);
        }
    }

    private int IndexOf(string stream)
    {
        for (var index = 0; index < _streams.Count; index++)
            if (_streams[index].Stream == stream) return index;
        return -1;
    }

    private ImmutableArray<string> ReadersOf(string stream) =>
        _limits.TryGetValue(stream, out var limit) ? limit.Readers : [];
}
