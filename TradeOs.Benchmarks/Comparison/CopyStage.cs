using TradeOs.Bus;

namespace TradeOs.Benchmarks;

/// <summary>Writes every entry it reads to its first output, as it is: the bus does all the work.</summary>
internal sealed class CopyStage(ReaderDefinition reader) : IStage
{
    private readonly string _output = reader.Outputs[0];

    public ReaderDefinition Reader => reader;

    public void Restore(IReadOnlyDictionary<string, string> state)
    {
    }

    public void Apply(Entry entry, Batch batch)
    {
        var writer = batch.Append(_output);
        foreach (var field in entry.Fields) writer.Add(field.Name, field.Value);
        batch.Complete(entry.Id);
    }

    public void Save(Batch batch)
    {
    }
}
