using System.Buffers.Text;
using System.Globalization;
using System.Text;
using TradeOs.Bus;

namespace TradeOs.Stages;

/// <summary>A stage obeyed a change of the control flag: an entry of <c>control.log</c>.</summary>
/// <param name="Stage">Who obeyed.</param>
/// <param name="Flag">What it obeyed.</param>
/// <param name="After">Last input decided before; everything behind it is decided under the new mode.</param>
/// <param name="Count">How many inputs that were, so that a run over the same input can find the place
/// again.</param>
public sealed record ControlNote(string Stage, ControlFlag Flag, EntryId After, long Count)
{
    /// <summary>Reads an entry of <c>control.log</c>; null when it is none of ours.</summary>
    public static ControlNote? Read(Fields fields)
    {
        var text = $"mode={Text("mode"u8)} number={Text("number"u8)} since={Text("since"u8)} reason={Text("reason"u8)}";
        if (ControlFlag.Parse(text) is not { } flag) return null;
        if (!fields.TryGet("after"u8, out var after) || !EntryId.TryParse(after, out var id)) return null;
        if (!fields.TryGet("count"u8, out var digits) || !Utf8Parser.TryParse(digits, out long count, out _))
            return null;
        return new ControlNote(Text("stage"u8), flag, id, count);

        string Text(ReadOnlySpan<byte> name) =>
            fields.TryGet(name, out var value) ? Encoding.UTF8.GetString(value) : "";
    }

    /// <summary>Writes the fields in the stream's order: <c>stage mode number since reason after count</c>.</summary>
    public void Write(FieldWriter writer) => writer
        .Add("stage"u8, Stage).Add("mode"u8, Flag.Word)
        .Add("number"u8, Flag.Number.ToString(CultureInfo.InvariantCulture))
        .Add("since"u8, Flag.SinceText).Add("reason"u8, Flag.Reason).Add("after"u8, After)
        .Add("count"u8, Count.ToString(CultureInfo.InvariantCulture));
}
