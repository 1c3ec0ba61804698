using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace TradeOs.Bus;

/// <summary>Checkpoint and state of a reader as this host knows them: as opened, then as committed.</summary>
/// <remarks>Written by its reader, read by <see cref="LossWatch"/> as well.</remarks>
internal sealed class KnownCheckpoint
{
    private readonly string _reader;
    private readonly StateDigest _state;
    private Checkpoint _checkpoint;
    private volatile Standing _standing;

    public KnownCheckpoint(
        string reader, Checkpoint checkpoint, string commit, IReadOnlyDictionary<string, string> state)
    {
        (_reader, _checkpoint, _state) = (reader, checkpoint, new StateDigest(state));
        _standing = new Standing(TextOf(checkpoint, commit), checkpoint.Count, _state.Count);
    }

    /// <summary>As it is now.</summary>
    public Standing Standing => _standing;

    /// <summary>Digest of the state behind a batch.</summary>
    public string DigestAfter(Batch batch) => _state.TextAfter(batch.StateChanges);

    /// <summary>Checksum of the checkpoint behind a batch.</summary>
    public string ChecksumAfter(Batch batch, string commit, string digest) =>
        ChecksumOf(_reader, TextOf(After(batch), commit), digest);

    /// <summary>The batch has landed.</summary>
    public void Landed(Batch batch, string commit)
    {
        _checkpoint = After(batch);
        _state.Apply(batch.StateChanges);
        _standing = new Standing(TextOf(_checkpoint, commit), _checkpoint.Count, _state.Count);
    }

    /// <summary>The checkpoint in one line, as commit.lua puts it together.</summary>
    public static string TextOf(Checkpoint checkpoint, string commit) => string.Create(
        CultureInfo.InvariantCulture,
        $"{checkpoint.Position} {checkpoint.Count} {checkpoint.Written} {checkpoint.Silent} {commit}");

    /// <summary>What is kept beside a checkpoint, so that an edit of one of its fields shows, or that it is another
    /// reader's: a SHA-1, which a script of Redis can tell as well.</summary>
    /// <remarks>Somebody who recomputes it is not kept out.</remarks>
    public static string ChecksumOf(string reader, string text, string digest)
    {
#pragma warning disable CA5350 // The one hash that a script of Redis has; nothing is protected by it.
        return Convert.ToHexStringLower(
            SHA1.HashData(Encoding.UTF8.GetBytes($"{RedisKeys.Checkpoint(reader)} {text} {digest}")));
#pragma warning restore CA5350
    }

    private Checkpoint After(Batch batch) => new(
        batch.Position == EntryId.Zero ? _checkpoint.Position : batch.Position,
        _checkpoint.Count + batch.InputCount,
        _checkpoint.Written + batch.OutputCount,
        _checkpoint.Silent + batch.SilentCount);
}

/// <summary>A checkpoint at one moment.</summary>
/// <param name="Text">Position, count, written, silent and commit, with blanks between.</param>
/// <param name="Count">Inputs committed.</param>
/// <param name="StateKeys">Keys of the state.</param>
internal sealed record Standing(string Text, long Count, int StateKeys);
