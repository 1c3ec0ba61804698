using System.Globalization;
using System.Security.Cryptography;
using TradeOs.Bus;

namespace TradeOs.Tests.Chaos;

/// <summary>A commit as the host sent it, read from its EVALSHA.</summary>
/// <param name="Reader">Whose.</param>
/// <param name="Owner">Random id of the host that sent it.</param>
/// <param name="Id">Commit id and epoch.</param>
/// <param name="Position">Position it moves to; empty for a feed.</param>
/// <param name="Inputs">Entries it covers.</param>
/// <param name="Outputs">Stream of each output, and a digest of its fields.</param>
internal sealed record WireCommit(
    string Reader, string Owner, string Id, string Position, long Inputs,
    IReadOnlyList<(string Stream, string Digest)> Outputs)
{
    private const int KeysBeforeStreams = 4;
    private const int WordsOfTheCheckpoint = 5;

    /// <summary>Reads it, a commit for each reader of a chain; the layout is told at the head of commit.lua.</summary>
    public static IReadOnlyList<WireCommit> Of(ReadOnlyMemory<byte> request)
    {
        var cursor = new RespCursor(request);
        var words = cursor.Array();
        for (var word = 0; word < 2; word++) _ = cursor.Text();
        var keys = new string[int.Parse(cursor.Text()!, CultureInfo.InvariantCulture)];
        for (var key = 0; key < keys.Length; key++) keys[key] = cursor.Text()!;
        var commits = new List<WireCommit>();
        var first = 0;
        for (var left = words - 3 - keys.Length; left > 0; left--)
        {
            cursor.TryValue(out var packed);
            var (commit, keyCount, stateWords) = Of(keys.AsSpan(first), new UnpackedWords(packed));
            commits.Add(commit);
            first += keyCount;
            left -= stateWords;
            for (; stateWords > 0; stateWords--) cursor.Skip();
        }

        return commits;
    }

    private static (WireCommit Commit, int Keys, int StateWords) Of(ReadOnlySpan<string> keys, UnpackedWords given)
    {
        given.Skip(1);
        var owner = given.Text();
        var id = given.Text();
        given.Skip(1);
        var position = given.Text();
        var (inputs, outputs) = (given.Number(), given.Number());
        given.Skip(2);
        var streams = new string[given.Number()];
        given.Skip(WordsOfTheCheckpoint);
        var (keyCount, stateWords) = ((int)given.Number(), (int)given.Number());
        given.Skip(2);
        for (int stream = 0, key = KeysBeforeStreams; stream < streams.Length; stream++)
        {
            streams[stream] = keys[key];
            given.Skip(2);
            key += 1 + (int)given.Number();
        }

        var written = new List<(string Stream, string Digest)>();
        for (var output = 0L; output < outputs; output++)
        {
            var stream = streams[given.Number() - 1];
            given.Skip(1);
            written.Add((stream, DigestOf(given.Encoded((int)given.Number()))));
        }

        return (new WireCommit(
            keys[0]["tradeos:checkpoint:".Length..], owner, id, position, inputs, written), keyCount, stateWords);
    }

    /// <summary>Digest of the fields of an entry, as a stream holds it.</summary>
    public static string DigestOf(Entry entry) => DigestOf(entry.Fields.Encoded.Span);

    private static string DigestOf(ReadOnlySpan<byte> words) => Convert.ToHexString(SHA256.HashData(words));
}
