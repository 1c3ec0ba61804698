using System.Text.Json;
using System.Text.Json.Serialization;

namespace TradeOs.Host;

/// <summary>What the feed keeps of a source, in its keyed state under <c>source:N</c>.</summary>
/// <param name="Format">Word of its format.</param>
/// <param name="Symbol">Instrument; empty for the simulator.</param>
/// <param name="Source">Value of the field <c>source</c>.</param>
/// <param name="Name">Name of the file, without its folder.</param>
/// <param name="Digest">
/// SHA-256 of the file's bytes; for the simulator, what it was asked to make; for standard input, which run read it.
/// </param>
/// <param name="Bytes">Bytes of the file.</param>
/// <param name="Layout">How its rows were read, where that was found out from the file as a whole.</param>
/// <param name="Rows">Rows committed: accepted and refused.</param>
/// <param name="Accepted">Rows that became entries of <c>market_data.raw</c>.</param>
/// <param name="Refused">Rows that became dead letters.</param>
/// <param name="Finished">Whether there are no more.</param>
internal sealed record SourceRecord(
    string Format, string Symbol, string Source, string Name, string Digest, long Bytes, string Layout, long Rows,
    long Accepted, long Refused, bool Finished)
{
    public const string KeyPrefix = "source:";

    /// <summary>Key of the source of this number.</summary>
    public static string KeyOf(int number) => FormattableString.Invariant($"{KeyPrefix}{number}");

    public static SourceRecord Parse(string json) =>
        JsonSerializer.Deserialize(json, SourceRecordContext.Default.SourceRecord)!;

    public string ToJson() => JsonSerializer.Serialize(this, SourceRecordContext.Default.SourceRecord);

    /// <summary>The record after one more row.</summary>
    public SourceRecord After(bool isAccepted) => this with
    {
        Rows = Rows + 1,
        Accepted = Accepted + (isAccepted ? 1 : 0),
        Refused = Refused + (isAccepted ? 0 : 1),
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SourceRecord))]
internal sealed partial class SourceRecordContext : JsonSerializerContext;
