namespace TradeOs.Bus;

/// <summary>Answer of a commit. Nothing was written unless it is <see cref="Committed"/>.</summary>
public enum CommitResult
{
    /// <summary>Outputs, acknowledgement, position and state have landed together, on disk.</summary>
    Committed,

    /// <summary>This very batch had landed before: its first answer was lost. Go on as after
    /// <see cref="Committed"/>.</summary>
    AlreadyCommitted,

    /// <summary>The reader was opened by another owner since. Stop: nothing this reader does can land any
    /// more.</summary>
    Fenced,

    /// <summary>An output stream is at its MaxLength and one of its readers has not read the oldest entries. Wait, then
    /// commit again.</summary>
    Full,

    /// <summary>The control flag is no longer the one this batch was decided under; only for a reader that obeys it.
    /// Reopen and decide again.</summary>
    ControlChanged,

    /// <summary>Between two readers of a chain wait entries that the chain did not write. Reopen: each reader reads for
    /// itself.</summary>
    Outside,

    /// <summary>Something the commit depends on is gone or is not what it was (see <see cref="IStreamReader.Detail"/>).
    /// Stop.</summary>
    Damaged,
}
