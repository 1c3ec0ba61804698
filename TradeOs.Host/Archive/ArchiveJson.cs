using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>How the archive's small files and its state in Redis are written: the same bytes for the same facts, so
/// that a digest of them can be compared.</summary>
internal static class ArchiveJson
{
    /// <summary>Several lines, for files.</summary>
    private static readonly JsonSerializerOptions File = Options(isIndented: true);

    /// <summary>One line, for Redis.</summary>
    private static readonly JsonSerializerOptions Line = Options(isIndented: false);

    /// <summary>The bytes of a file, with a line end.</summary>
    public static byte[] ToFile<T>(T value) => [.. JsonSerializer.SerializeToUtf8Bytes(value, File), (byte)'\n'];

    /// <summary>One line of text.</summary>
    public static string ToLine<T>(T value) => JsonSerializer.Serialize(value, Line);

    /// <summary>What such a file or line says.</summary>
    /// <exception cref="JsonException">It is not what was written there.</exception>
    public static T Parse<T>(ReadOnlySpan<byte> bytes)
        where T : class =>
        JsonSerializer.Deserialize<T>(bytes, Line) ?? throw new JsonException("It says nothing.");

    private static JsonSerializerOptions Options(bool isIndented) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = isIndented,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        Converters = { new IdText() },
    };

    /// <summary>An id as Redis writes it.</summary>
    private sealed class IdText : JsonConverter<EntryId>
    {
        public override EntryId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && EntryId.TryParse(reader.ValueSpan, out var id)
                ? id
                : throw new JsonException("An entry id was expected, e.g. \"1732-0\".");

        public override void Write(Utf8JsonWriter writer, EntryId value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
