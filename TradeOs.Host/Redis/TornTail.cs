using System.Buffers.Text;
using System.Text;

namespace TradeOs.Host;

/// <summary>Tells the tail of a write that a crash cut short from a file damaged in its middle.</summary>
/// <remarks>
/// redis-check-aof would cut both away, and with the second kind everything acknowledged after the damage. A torn tail
/// is the beginning of commands and then nothing, or zeros where the disk had made room; it holds no finished
/// transaction.
/// </remarks>
public static class TornTail
{
    private enum Outcome
    {
        /// <summary>It is all there.</summary>
        Whole,

        /// <summary>The bytes end before it does.</summary>
        Cut,

        /// <summary>The bytes are something else.</summary>
        Broken,
    }

    /// <summary>Whether these bytes, behind the last good command, hold nothing that was acknowledged.</summary>
    public static bool IsTorn(ReadOnlySpan<byte> tail)
    {
        tail = tail.TrimEnd((byte)0);
        while (!tail.IsEmpty)
        {
            var outcome = TakeCommand(ref tail, out var isExec);
            if (outcome == Outcome.Broken || (outcome == Outcome.Whole && isExec)) return false;
            if (outcome == Outcome.Cut) return true;
        }

        return true;
    }

    private static Outcome TakeCommand(ref ReadOnlySpan<byte> tail, out bool isExec)
    {
        isExec = false;
        if (TakeNumber(ref tail, (byte)'*', out var words) is var outcome and not Outcome.Whole) return outcome;
        for (var word = 0; word < words; word++)
        {
            outcome = TakeNumber(ref tail, (byte)'$', out var length);
            if (outcome != Outcome.Whole) return outcome;
            if (tail.Length < length + 2L) return HoldsCommand(tail) ? Outcome.Broken : Outcome.Cut;
            if (tail[length] != '\r' || tail[length + 1] != '\n') return Outcome.Broken;
            if (word == 0) isExec = Ascii.EqualsIgnoreCase(tail[..length], "EXEC"u8);
            tail = tail[(length + 2)..];
        }

        return Outcome.Whole;
    }

    /// <summary>A word that does not end and holds the start of another command: its length is what is
    /// damaged.</summary>
    private static bool HoldsCommand(ReadOnlySpan<byte> word)
    {
        while (word.IndexOf("\r\n*"u8) is var at and >= 0)
        {
            word = word[(at + 3)..];
            var digits = word.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            if (digits >= 0 && word[digits..].StartsWith("\r\n$"u8)) return true;
        }

        return false;
    }

    private static Outcome TakeNumber(ref ReadOnlySpan<byte> tail, byte sign, out int number)
    {
        number = 0;
        if (tail.IsEmpty) return Outcome.Cut;
        if (tail[0] != sign) return Outcome.Broken;
        var rest = tail[1..];
        var digits = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (digits < 0) return rest.Length <= 10 ? Outcome.Cut : Outcome.Broken;
        if (!Utf8Parser.TryParse(rest[..digits], out number, out _)) return Outcome.Broken;
        if (rest[digits] != '\r') return Outcome.Broken;
        if (rest.Length == digits + 1) return Outcome.Cut;
        if (rest[digits + 1] != '\n') return Outcome.Broken;
        tail = rest[(digits + 2)..];
        return Outcome.Whole;
    }
}
