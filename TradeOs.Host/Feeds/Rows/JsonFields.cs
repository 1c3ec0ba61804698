using System.Text;
using System.Text.Json;

namespace TradeOs.Host;

/// <summary>The fields of one JSON object that somebody reads, by their place in a list of names, as text.</summary>
/// <remarks>
/// A number stays the digits that were written. Fields nobody reads are passed over, whatever they hold. One object is
/// held at a time, and nothing is allocated for it.
/// </remarks>
internal sealed class JsonFields(params string[] names)
{
    private readonly byte[][] _names = [.. names.Select(Encoding.UTF8.GetBytes)];
    private readonly Value[] _values = new Value[names.Length];
    private readonly byte[] _text = new byte[RowLines.LineBytesMax];
    private int _used;

    /// <summary>Name of a field.</summary>
    public string NameOf(int field) => names[field];

    /// <summary>What a field is: nothing, a string, a number, or what nobody can read.</summary>
    public JsonTokenType KindOf(int field) => _values[field].Kind;

    /// <summary>A string without its escapes, or a number as it is written.</summary>
    public ReadOnlySpan<byte> TextOf(int field) => _text.AsSpan(_values[field].Start, _values[field].Length);

    /// <summary>Reads an object; answers what is wrong with it, null when nothing is.</summary>
    public string? Read(ReadOnlySpan<byte> line)
    {
        Array.Clear(_values);
        _used = 0;
        try
        {
            var reader = new Utf8JsonReader(line);
            return ReadObject(ref reader);
        }
        catch (JsonException broken)
        {
            return $"it is no JSON from byte {broken.BytePositionInLine + 1} on";
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, escaped: JSON, and no text.
            return "a text in it has an escape that is no character";
        }
    }

    private string? ReadObject(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) return "it is no JSON object";
        var field = -1;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            field = FieldOf(ref reader, field + 1);
            reader.Read();
            if (field >= 0)
            {
                if (KindOf(field) != JsonTokenType.None) return $"field '{names[field]}' is there twice";
                Keep(field, ref reader);
            }

            reader.Skip();
        }

        // What stands behind the object is found by reading on.
        reader.Read();
        return null;
    }

    /// <summary>Looks from the field expected next, as lines mostly have one order.</summary>
    private int FieldOf(ref Utf8JsonReader reader, int next)
    {
        for (var step = 0; step < _names.Length; step++)
        {
            var field = (next + step) % _names.Length;
            if (reader.ValueTextEquals(_names[field])) return field;
        }

        return -1;
    }

    private void Keep(int field, ref Utf8JsonReader reader)
    {
        var length = 0;
        var free = _text.AsSpan(_used);
        if (reader.TokenType == JsonTokenType.String)
        {
            length = reader.CopyString(free);
        }
        else if (reader.TokenType == JsonTokenType.Number)
        {
            reader.ValueSpan.CopyTo(free);
            length = reader.ValueSpan.Length;
        }

        _values[field] = new Value(reader.TokenType, _used, length);
        _used += length;
    }

    private readonly record struct Value(JsonTokenType Kind, int Start, int Length);
}
