using System.Text;
using TradeOs.Bus;

namespace TradeOs.Stages;

/// <summary>Shows a stage an entry before it is written: what would certainly be a dead letter need not
/// become one.</summary>
public static class Trial
{
    /// <summary>Why the stage cannot decode an entry; null when it can.</summary>
    /// <remarks>It is the stage itself that is asked, as it is before its first entry.</remarks>
    /// <param name="stage">Name of a stage of <see cref="Topology.Stages"/>.</param>
    /// <param name="fields">The entry.</param>
    /// <param name="options">What the stages are told.</param>
    public static string? ErrorOf(string stage, Fields fields, StageOptions options)
    {
        var batch = new Batch();
        var asked = Pipeline.CreateStages(options).Single(found => found.Reader.Name == stage);
        asked.Apply(new Entry(new EntryId(1, 0), fields), batch);
        foreach (var letter in batch.Appended(StreamNames.DeadLetters))
            return letter.TryGet("error"u8, out var error) ? Encoding.UTF8.GetString(error) : "";
        return null;
    }
}
