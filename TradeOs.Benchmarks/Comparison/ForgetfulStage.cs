using TradeOs.Bus;

namespace TradeOs.Benchmarks;

/// <summary>A stage whose state is never kept: a control, which shows what keeping it costs.</summary>
internal sealed class ForgetfulStage(IStage stage) : IStage
{
    public ReaderDefinition Reader => stage.Reader;

    public void Restore(IReadOnlyDictionary<string, string> state) => stage.Restore(state);

    public void Obey(string control, Checkpoint checkpoint, Batch batch) => stage.Obey(control, checkpoint, batch);

    public void Apply(Entry entry, Batch batch) => stage.Apply(entry, batch);

    public void Save(Batch batch)
    {
    }
}
