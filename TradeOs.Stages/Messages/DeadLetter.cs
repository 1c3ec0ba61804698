using System.Buffers.Text;
using System.Text;
using TradeOs.Bus;

namespace TradeOs.Stages;

/// <summary>An entry nobody can decode, or a row of a feed, for an entry of <c>dead.letters</c>.</summary>
/// <param name="Stage">Who could not read it.</param>
/// <param name="Stream">Where it was found; for the feed, the name of the file.</param>
/// <param name="Id">Its place there; for the feed, the line.</param>
/// <param name="Error">Field, what was found, what was expected.</param>
/// <param name="Raw">What was found.</param>
public sealed record DeadLetter(string Stage, string Stream, string Id, string Error, RawBytes Raw)
{
    private const int ErrorLengthMax = 400;

    /// <summary>Whether it is the row of a feed and not an entry of a stream.</summary>
    public bool IsOfFeed => Stage == Topology.Feed.Name;

    /// <summary>Reads an entry of <c>dead.letters</c>; null when it is no letter, or not a whole one.</summary>
    public static DeadLetter? Read(Fields fields)
    {
        string[] texts = ["", "", "", "", ""];
        ReadOnlySpan<byte> names = "stage stream id error sha256"u8;
        for (var index = 0; index < texts.Length; index++)
        {
            var end = names.IndexOf((byte)' ');
            if (!fields.TryGet(end < 0 ? names : names[..end], out var value)) return null;
            texts[index] = Encoding.UTF8.GetString(value);
            names = names[(end + 1)..];
        }

        if (!fields.TryGet("length"u8, out var digits) || !fields.TryGet("raw"u8, out var raw)
            || !Utf8Parser.TryParse(digits, out long length, out var used) || used != digits.Length) return null;
        return RawBytes.Read(raw, length, texts[4]) is { } bytes
            ? new DeadLetter(texts[0], texts[1], texts[2], texts[3], bytes)
            : null;
    }

    /// <summary>Writes the fields in the stream's order: <c>stage stream id error length sha256 raw</c>.</summary>
    public void Write(FieldWriter writer)
    {
        var error = Error.Length <= ErrorLengthMax ? Error : Error[..ErrorLengthMax];
        Raw.Write(writer.Add("stage"u8, Stage).Add("stream"u8, Stream).Add("id"u8, Id).Add("error"u8, error));
    }
}
