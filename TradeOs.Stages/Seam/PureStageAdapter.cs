using System.Text.Json.Serialization.Metadata;
using TradeOs.Bus;

namespace TradeOs.Stages;

/// <summary>Reads one kind of message; what is wrong with it is left in the reader.</summary>
internal delegate TInput? Decoder<out TInput>(ref FieldReader reader);

/// <summary>Lets the bus drive a pure stage: decodes, keeps its states, writes what it decides.</summary>
/// <remarks>
/// The first output of the reader's definition takes the stage's messages, <c>decisions.rejected</c> its refusals and
/// <c>dead.letters</c> what cannot be decoded or is not believed.
/// </remarks>
internal sealed class PureStageAdapter<TInput, TShared, TKeyed>(
    ReaderDefinition reader,
    IPureStage<TInput, TShared, TKeyed> stage,
    Decoder<TInput> decode,
    JsonTypeInfo<TShared> sharedType,
    JsonTypeInfo<TKeyed> keyedType) : IStage
    where TInput : class
    where TShared : class
    where TKeyed : class
{
    private readonly StateStore<TShared> _shared = new(sharedType);
    private readonly StateStore<TKeyed> _keyed = new(keyedType);
    private readonly Obedience _obedience = new(reader.Name);
    private readonly string _output = reader.Outputs[0];

    /// <inheritdoc/>
    public ReaderDefinition Reader { get; } = reader;

    /// <inheritdoc/>
    public void Restore(IReadOnlyDictionary<string, string> state)
    {
        _shared.Restore(state);
        _keyed.Restore(state);
        _obedience.Restore(state);
    }

    /// <inheritdoc/>
    public void Obey(string control, Checkpoint checkpoint, Batch batch) =>
        _obedience.Obey(control, checkpoint, batch);

    /// <inheritdoc/>
    public void Apply(Entry entry, Batch batch)
    {
        if (EntrySize.Fault(entry) is { } size)
        {
            Bury(entry, size, batch);
        }
        else
        {
            var input = FieldReader.Read(entry.Fields, decode, out var fields);
            if (fields.Error is null && input is not null) Decide(entry, fields.Trace, input, batch);
            else Bury(entry, fields.Error ?? "nothing to read", batch);
        }

        batch.Complete(entry.Id);
    }

    /// <inheritdoc/>
    public void Save(Batch batch)
    {
        _shared.Save(batch);
        _keyed.Save(batch);
    }

    private void Decide(Entry entry, EntryId trace, TInput input, Batch batch)
    {
        var shared = _shared.At(stage.SharedKeyOf(input));
        var keyed = _keyed.At(stage.KeyOf(input));
        var decision = stage.Decide(shared.Value, keyed.Value, input, _obedience.Mode);
        _shared.Set(shared, decision.Shared);
        _keyed.Set(keyed, decision.Keyed);
        if (decision.Doubt is { } doubt) Bury(entry, doubt, batch);
        var origin = new Origin(trace == EntryId.Zero ? entry.Id : trace, entry.Id);
        foreach (var message in decision.Messages)
        {
            if (message is Rejection rejection)
                rejection.Write(batch.Append(StreamNames.Rejected), origin, Reader.Name);
            else message.Write(batch.Append(_output), origin);
        }
    }

    private void Bury(Entry entry, string error, Batch batch)
    {
        var raw = entry.CutBytes > 0 ? RawBytes.OfCut(entry.Fields, entry.CutBytes) : RawBytes.Of(entry.Fields);
        var letter = new DeadLetter(Reader.Name, Reader.Input ?? "", entry.Id.ToString(), error, raw);
        letter.Write(batch.Append(StreamNames.DeadLetters));
    }
}
