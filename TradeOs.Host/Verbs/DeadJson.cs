using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>Letters and resolutions for programs.</summary>
internal static class DeadJson
{
    /// <summary>A letter without its bytes.</summary>
    public static object Of(EntryId id, DeadLetter letter, Resolution? resolution) => new
    {
        id = id.ToString(),
        written = LetterStream.WrittenAt(id),
        stage = letter.Stage,
        stream = letter.Stream,
        entry = letter.Id,
        error = letter.Error,
        length = letter.Raw.Length,
        sha256 = letter.Raw.Sha256,
        kept = letter.Raw.Kept.Length,
        resolution = Of(resolution),
    };

    /// <summary>What was done; null while it is open.</summary>
    public static object? Of(Resolution? resolution) => resolution is null ? null : new
    {
        resolution = resolution.Word,
        stream = resolution.Stream,
        entry = resolution.Entry?.ToString(),
        reason = resolution.Reason,
    };
}
