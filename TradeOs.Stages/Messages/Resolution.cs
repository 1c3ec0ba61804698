using System.Text;
using TradeOs.Bus;

namespace TradeOs.Stages;

/// <summary>What an operator did about a dead letter: an entry of <c>dead.letters</c> behind it.</summary>
/// <param name="Letter">The letter it resolves.</param>
/// <param name="IsRequeue">Whether its entry was appended again; otherwise it was dropped.</param>
/// <param name="Stream">Where the letter's entry was found.</param>
/// <param name="Entry">Where it stands now, when it was requeued.</param>
/// <param name="Reason">Why, in the operator's words.</param>
public sealed record Resolution(EntryId Letter, bool IsRequeue, string Stream, EntryId? Entry, string Reason)
{
    /// <summary>Name of the field that takes the id of the entry appended again; empty for a drop.</summary>
    public const string EntryField = "entry";

    /// <summary><c>requeued</c> or <c>dropped</c>, as it stands in the entry.</summary>
    public string Word => IsRequeue ? "requeued" : "dropped";

    /// <summary>Whether an entry of <c>dead.letters</c> is a resolution and no letter.</summary>
    public static bool Is(Fields fields) => fields.TryGet("resolves"u8, out _);

    /// <summary>Reads an entry of <c>dead.letters</c>; null when it is no resolution.</summary>
    public static Resolution? Read(Fields fields)
    {
        if (!fields.TryGet("resolves"u8, out var letter) || !EntryId.TryParse(letter, out var id)) return null;
        var word = Text(fields, "resolution"u8);
        if (word is not ("requeued" or "dropped")) return null;
        EntryId? entry = fields.TryGet("entry"u8, out var text) && EntryId.TryParse(text, out var at) ? at : null;
        return new Resolution(id, word == "requeued", Text(fields, "stream"u8), entry, Text(fields, "reason"u8));
    }

    /// <summary>The fields in the stream's order: <c>resolves resolution stream entry reason</c>.</summary>
    public Fields ToFields() => new FieldsBuilder()
        .Add("resolves"u8, Bytes(Letter.ToString())).Add("resolution"u8, Bytes(Word)).Add("stream"u8, Bytes(Stream))
        .Add("entry"u8, Bytes(Entry?.ToString() ?? "")).Add("reason"u8, Bytes(Reason)).Build();

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(Fields fields, ReadOnlySpan<byte> name) =>
        fields.TryGet(name, out var value) ? Encoding.UTF8.GetString(value) : "";
}
