using System.Text;
using TradeOs.Bus;

namespace TradeOs.Tests.Chaos;

/// <summary>One command of the host, as it went over the wire.</summary>
/// <param name="Connection">Number of the connection, from 1 in the order they came.</param>
/// <param name="Reader">What the connection calls itself without <c>tradeos:</c>; empty before it said so.</param>
/// <param name="Bytes">The command as it was sent.</param>
internal sealed record WireRequest(int Connection, string Reader, ReadOnlyMemory<byte> Bytes)
{
    private const int WordsMax = 16;

    private readonly Lazy<IReadOnlyList<string>> _words = new(() => FirstWords(Bytes));
    private readonly Lazy<IReadOnlyList<string>> _committing = new(
        () => [.. WireCommit.Of(Bytes).Select(commit => commit.Reader)]);

    /// <summary>Its first words, 16 at most.</summary>
    public IReadOnlyList<string> Words => _words.Value;

    /// <summary>The command, in upper case.</summary>
    public string Command => Words[0].ToUpperInvariant();

    /// <summary>Whether it is a commit.</summary>
    public bool IsCommit => Words is [_, _, _, var checkpoint, var state, ..] && Command == "EVALSHA"
        && checkpoint.StartsWith("tradeos:checkpoint:", StringComparison.Ordinal)
        && state.StartsWith("tradeos:state:", StringComparison.Ordinal);

    /// <summary>Whose commit it is, of a chain all of them; nothing when it is none.</summary>
    public IReadOnlyList<string> Committing => IsCommit ? _committing.Value : [];

    /// <summary>Whether it is that step, or a commit of a chain which that step is part of.</summary>
    public bool Is(string step) => Step == step || Committing.Skip(1).Any(reader => CommitOf(reader) == step);

    /// <summary>The step in which a reader commits.</summary>
    public static string CommitOf(string reader) => $"{reader} EVALSHA tradeos:checkpoint:{reader}";

    /// <summary>Whose step it is and what it does, the same at every opening: commands with their subcommand, and the
    /// key where it names a stage.</summary>
    public string Step
    {
        get
        {
            var word = Command is "CLIENT" or "XINFO" or "XGROUP" or "SCRIPT" or "INFO" or "ACL" or "CONFIG"
                ? $"{Command} {Words.ElementAtOrDefault(1)?.ToUpperInvariant()}"
                : Command;
            var key = Words.Skip(1).FirstOrDefault(word => word.Contains('.') || word.StartsWith("tradeos:"));
            return $"{(Reader.Length > 0 ? Reader : "-")} {word}{(key is null ? "" : " " + key)}";
        }
    }

    private static List<string> FirstWords(ReadOnlyMemory<byte> bytes)
    {
        var cursor = new RespCursor(bytes);
        var words = new List<string>();
        for (var left = Math.Min(cursor.Array(), WordsMax); left > 0; left--)
        {
            cursor.TryValue(out var value);
            words.Add(value.Length > 200 ? "..." : Encoding.Latin1.GetString(value.Span));
        }

        return words;
    }
}

/// <summary>Where a command is on its way.</summary>
internal enum WirePhase
{
    /// <summary>It left the host, and the server does not have it.</summary>
    Sent,

    /// <summary>The server has it; whether it ran nobody knows.</summary>
    Forwarded,

    /// <summary>The server answered, and the host does not have the answer.</summary>
    Answered,

    /// <summary>The host has the answer.</summary>
    Delivered,
}

/// <summary>A command at a place on its way.</summary>
/// <param name="Phase">The place.</param>
/// <param name="Request">The command.</param>
/// <param name="Reply">The answer, once there is one.</param>
internal sealed record WireMoment(WirePhase Phase, WireRequest Request, ReadOnlyMemory<byte> Reply);
