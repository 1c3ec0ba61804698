using System.Text;
using TradeOs.Bus;

namespace TradeOs.Tests.Doors;

/// <summary>The fields of an entry some other program adds: any names, any values, any number.</summary>
internal sealed class OutsideEntry
{
    private readonly List<(byte[] Name, byte[] Value)> _fields = [];

    /// <summary>Where it is added; <c>*</c> lets the server say.</summary>
    public string Id { get; private set; } = "*";

    public int FieldCount => _fields.Count;

    /// <summary>Fields written as <c>name=value name=value</c>.</summary>
    public static OutsideEntry Of(string fields)
    {
        var entry = new OutsideEntry();
        foreach (var field in fields.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = field.Split('=', 2);
            entry.Add(parts[0], parts[1]);
        }

        return entry;
    }

    public OutsideEntry Add(string name, string value) =>
        Add(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));

    public OutsideEntry Add(byte[] name, byte[] value)
    {
        _fields.Add((name, value));
        return this;
    }

    public OutsideEntry Set(string name, string value) => Set(name, Encoding.UTF8.GetBytes(value));

    public OutsideEntry Set(string name, byte[] value)
    {
        _fields[IndexOf(name)] = (Encoding.UTF8.GetBytes(name), value);
        return this;
    }

    public OutsideEntry Remove(string name)
    {
        _fields.RemoveAt(IndexOf(name));
        return this;
    }

    public OutsideEntry Reverse()
    {
        _fields.Reverse();
        return this;
    }

    public OutsideEntry At(string id)
    {
        Id = id;
        return this;
    }

    public bool Has(string name) => _fields.Exists(field => Encoding.UTF8.GetString(field.Name) == name);

    /// <summary>Changes one field at a place; a fuzz does.</summary>
    public void Change(int place, Func<byte[], byte[]> change, bool isName)
    {
        var (name, value) = _fields[place];
        _fields[place] = isName ? (change(name), value) : (name, change(value));
    }

    public void RemoveAt(int place) => _fields.RemoveAt(place);

    public void InsertAgain(int from, int to) => _fields.Insert(to, _fields[from]);

    public void Write(FieldWriter writer)
    {
        foreach (var (name, value) in _fields) writer.Add(name, value);
    }

    /// <summary>Writes the XADD that adds it.</summary>
    public void Write(RespWriter commands, string stream)
    {
        commands.Begin(3 + (2 * _fields.Count));
        commands.Word("XADD"u8);
        commands.Word(stream);
        commands.Word(Id);
        foreach (var (name, value) in _fields)
        {
            commands.Word(name);
            commands.Word(value);
        }
    }

    private int IndexOf(string name)
    {
        var index = _fields.FindIndex(field => Encoding.UTF8.GetString(field.Name) == name);
        return index >= 0 ? index : throw new InvalidOperationException($"There is no field '{name}'.");
    }
}
