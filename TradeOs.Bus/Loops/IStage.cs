namespace TradeOs.Bus;

/// <summary>A deterministic function of one input stream, driven by <see cref="StageLoop"/>.</summary>
/// <remarks>What it writes depends on the entries it is given and their order only: never on time, batch size or
/// restarts.</remarks>
public interface IStage
{
    /// <summary>What it reads and writes.</summary>
    ReaderDefinition Reader { get; }

    /// <summary>Takes the state as last committed; everything computed since is forgotten.</summary>
    void Restore(IReadOnlyDictionary<string, string> state);

    /// <summary>Takes the control flag this opening of its reader is under, and adds to <paramref name="batch"/> what
    /// it says about a change; nothing for a stage that does not obey one, or when nothing changed.</summary>
    /// <param name="control">Text of the flag; empty when there is none.</param>
    /// <param name="checkpoint">After which input it is obeyed.</param>
    /// <param name="batch">Takes it.</param>
    /// <exception cref="StreamDamagedException">The flag cannot be read, or a change is missing.</exception>
    void Obey(string control, Checkpoint checkpoint, Batch batch)
    {
    }

    /// <summary>Adds to <paramref name="batch"/> everything <paramref name="entry"/> causes, and completes
    /// it.</summary>
    void Apply(Entry entry, Batch batch);

    /// <summary>Adds the state changed since the last call to <paramref name="batch"/>; called once before each
    /// commit.</summary>
    void Save(Batch batch);
}
