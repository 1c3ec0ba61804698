using System.Collections.Immutable;

namespace TradeOs.Host;

/// <summary>Every kind of finding of <c>check</c>, in the order docs/CHECK.md explains them.</summary>
public static class CheckCodes
{
    /// <summary>A stream in use is gone.</summary>
    public const string StreamMissing = "stream-missing";

    /// <summary>A checkpoint of a reader that was opened is gone or cannot be read.</summary>
    public const string Checkpoint = "checkpoint";

    /// <summary>Ids of a stream do not rise.</summary>
    public const string IdOrder = "id-order";

    /// <summary>A reader has read more than was ever appended.</summary>
    public const string CountAhead = "count-ahead";

    /// <summary>Entries are gone that their reader had not read.</summary>
    public const string Vanished = "vanished";

    /// <summary>Entries were deleted one by one.</summary>
    public const string Deleted = "deleted";

    /// <summary>The position is not the entry that the count says.</summary>
    public const string Position = "position";

    /// <summary>An input was processed and nothing came of it.</summary>
    public const string NoOutcome = "no-outcome";

    /// <summary>More came of an input than may.</summary>
    public const string OutcomeTwice = "outcome-twice";

    /// <summary>The checkpoint counts another number of silent inputs.</summary>
    public const string Silent = "silent";

    /// <summary>The checkpoint counts another number of entries written.</summary>
    public const string Written = "written";

    /// <summary>A cause names no entry.</summary>
    public const string CauseMissing = "cause-missing";

    /// <summary>A cause is an input that is not committed yet.</summary>
    public const string CauseAhead = "cause-ahead";

    /// <summary>Causes of one stage step back.</summary>
    public const string CauseOrder = "cause-order";

    /// <summary>A trace is not that of the cause, or names no entry.</summary>
    public const string Trace = "trace";

    /// <summary>An entry that no stage wrote, where only stages write.</summary>
    public const string OutsideEntry = "outside-entry";

    /// <summary>A field is not what it was in the cause.</summary>
    public const string Field = "field";

    /// <summary>An entry is not of its stream's form, and no dead letter says so.</summary>
    public const string Form = "form";

    /// <summary>Numbers of intents, orders or executions do not follow each other.</summary>
    public const string Number = "number";

    /// <summary>A rejection with a code its stage does not give.</summary>
    public const string Rejection = "rejection";

    /// <summary>A note of an obeyed change that cannot be true.</summary>
    public const string Control = "control";

    /// <summary>A dead letter about nothing, or with bytes that are not those of its entry.</summary>
    public const string Letter = "letter";

    /// <summary>A resolution of nothing, a second one, or one without its entry.</summary>
    public const string Resolution = "resolution";

    /// <summary>The consumer group of a stage is gone.</summary>
    public const string GroupMissing = "group-missing";

    /// <summary>The group delivered other entries than the checkpoint and its pending list say.</summary>
    public const string GroupMoved = "group-moved";

    /// <summary>An entry is pending that was committed.</summary>
    public const string Acknowledgement = "acknowledgement";

    /// <summary>A consumer that is not ours holds entries of our group.</summary>
    public const string Consumer = "consumer";

    /// <summary>An outcome is not what the fills say.</summary>
    public const string Profit = "profit";

    /// <summary>A figure of the account is not what the outcomes say.</summary>
    public const string Metrics = "metrics";

    /// <summary>Inputs wait though nothing should.</summary>
    public const string Waiting = "waiting";

    /// <summary>All of them.</summary>
    public static ImmutableArray<string> All { get; } =
    [
        StreamMissing, Checkpoint, IdOrder, CountAhead, Vanished, Deleted, Position, NoOutcome, OutcomeTwice, Silent,
        Written, CauseMissing, CauseAhead, CauseOrder, Trace, OutsideEntry, Field, Form, Number, Rejection, Control,
        Letter, Resolution, GroupMissing, GroupMoved, Acknowledgement, Consumer, Profit, Metrics, Waiting,
    ];
}
