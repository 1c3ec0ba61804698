using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>One entry as one line of JSON, and back: the same fields, byte for byte.</summary>
/// <remarks>
/// An entry of text with distinct names is a flat object a person can read; any other keeps its exact bytes in
/// <c>_resp</c>. No name written here begins with an underscore, so the archive's own are never mistaken for one.
/// </remarks>
internal sealed class ArchiveLine : IDisposable
{
    private const int NamesComparedMax = 16;

    private readonly ArrayBufferWriter<byte> _target;
    private readonly Utf8JsonWriter _json;

    /// <summary>Writes lines behind what <paramref name="target"/> has.</summary>
    public ArchiveLine(ArrayBufferWriter<byte> target)
    {
        _target = target;
        _json = new Utf8JsonWriter(target, new JsonWriterOptions
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true,
        });
    }

    /// <summary>Adds the line of an entry.</summary>
    public void Write(Entry entry)
    {
        Span<byte> id = stackalloc byte[EntryId.TextBytesMax];
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteString("_id"u8, id[..entry.Id.Format(id)]);
        if (entry.CutBytes > 0) _json.WriteNumber("_cut"u8, entry.CutBytes);
        if (IsPlain(entry.Fields)) foreach (var field in entry.Fields) _json.WriteString(field.Name, field.Value);
        else _json.WriteBase64String("_resp"u8, entry.Fields.Encoded.Span);
        _json.WriteEndObject();
        _json.Flush();
        _target.Write("\n"u8);
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    /// <summary>The entry of a line, on memory of its own.</summary>
    /// <exception cref="FormatException">The line is not one that <see cref="Write"/> makes.</exception>
    public static Entry Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            var json = new Utf8JsonReader(line);
            Expect(json.Read() && json.TokenType == JsonTokenType.StartObject);
            Expect(Next(ref json) && json.ValueTextEquals("_id"u8) && json.Read());
            Expect(json.TokenType == JsonTokenType.String && EntryId.TryParse(json.ValueSpan, out _));
            var entry = new Entry(EntryId.Parse(json.ValueSpan), default);
            return ParseFields(ref json, entry);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            throw new FormatException(failure.Message, failure);
        }
    }

    private static Entry ParseFields(ref Utf8JsonReader json, Entry entry)
    {
        var (fields, isEmpty) = (new FieldsBuilder(), true);
        while (Next(ref json))
        {
            if (json.ValueTextEquals("_cut"u8))
            {
                Expect(json.Read() && json.TryGetInt64(out _));
                entry = entry with { CutBytes = json.GetInt64() };
                continue;
            }

            if (json.ValueTextEquals("_resp"u8))
            {
                Expect(json.Read() && isEmpty);
                Expect(Fields.TryDecode(json.GetBytesFromBase64(), out var exact) && !Next(ref json) && !json.Read());
                return entry with { Fields = exact };
            }

            var name = Text(ref json);
            Expect(json.Read() && json.TokenType == JsonTokenType.String);
            fields.Add(name, Text(ref json));
            isEmpty = false;
        }

        Expect(json.TokenType == JsonTokenType.EndObject && !json.Read());
        return entry with { Fields = fields.Build() };
    }

    private static bool Next(ref Utf8JsonReader json) => json.Read() && json.TokenType == JsonTokenType.PropertyName;

    private static ReadOnlySpan<byte> Text(ref Utf8JsonReader json)
    {
        if (!json.ValueIsEscaped) return json.ValueSpan;
        var text = new byte[json.ValueSpan.Length];
        return text.AsSpan(0, json.CopyString(text));
    }

    private static void Expect(bool condition)
    {
        if (!condition) throw new FormatException("It is not a line of an archive.");
    }

    private static bool IsPlain(Fields fields)
    {
        foreach (var field in fields)
            if (!Utf8.IsValid(field.Name) || !Utf8.IsValid(field.Value) || field.Name.StartsWith("_"u8)) return false;
        return fields.Count <= NamesComparedMax ? HasDistinctNames(fields) : HasManyDistinctNames(fields);
    }

    private static bool HasDistinctNames(Fields fields)
    {
        var before = 0;
        foreach (var field in fields)
        {
            var left = before++;
            foreach (var other in fields)
            {
                if (left-- == 0) break;
                if (other.Name.SequenceEqual(field.Name)) return false;
            }
        }

        return true;
    }

    private static bool HasManyDistinctNames(Fields fields)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in fields)
            if (!names.Add(Convert.ToBase64String(field.Name))) return false;
        return true;
    }
}
