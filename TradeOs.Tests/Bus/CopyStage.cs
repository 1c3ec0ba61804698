using System.Text;
using TradeOs.Bus;

namespace TradeOs.Tests.Bus;

/// <summary>Copies the text of every entry to <c>out</c> and counts what it copied in its state.</summary>
internal sealed class CopyStage(ReaderDefinition reader) : IStage
{
    private long _count;

    public ReaderDefinition Reader => reader;

    /// <summary>Happens each time an entry was applied, before it is committed.</summary>
    public Action? Applied { get; set; }

    public static string TextOf(Entry entry)
    {
        Assert(entry.Fields.TryGet("text"u8, out var text));
        return Encoding.UTF8.GetString(text);

        static void Assert(bool isThere)
        {
            if (!isThere) throw new InvalidOperationException("The entry has no field 'text'.");
        }
    }

    public void Restore(IReadOnlyDictionary<string, string> state) =>
        _count = state.TryGetValue("count", out var text)
            ? long.Parse(text, System.Globalization.CultureInfo.InvariantCulture)
            : 0;

    public void Apply(Entry entry, Batch batch)
    {
        batch.Append(reader.Outputs[0]).Add("text"u8, TextOf(entry));
        batch.Complete(entry.Id);
        _count++;
        Applied?.Invoke();
    }

    public void Save(Batch batch) =>
        batch.SetState("count", _count.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
