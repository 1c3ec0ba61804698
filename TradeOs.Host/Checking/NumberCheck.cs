using System.Globalization;

namespace TradeOs.Host;

/// <summary>Numbers of intents and orders rise by one from the first, so none is missing and none there
/// twice.</summary>
internal sealed class NumberCheck(string field, CheckNotes notes)
{
    private long? _last;

    /// <summary>Takes the next entry of the stage that numbers.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="where">Its stream and id.</param>
    /// <param name="gone">Entries numbered before it that are gone; null when that cannot be known.</param>
    public void Add(EntryView entry, string where, long? gone)
    {
        var id = entry[field] ?? "";
        var dash = id.LastIndexOf('-');
        var isNumbered = long.TryParse(
            id.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && dash > 0;
        var expected = (_last ?? gone) + 1;
        var isPrefixed = field != "intent_id" || id.StartsWith("I-", StringComparison.Ordinal);
        if (!isNumbered || !isPrefixed || (expected is { } next && number != next))
        {
            var example = field == "intent_id" ? "I-" : "LABEL-";
            notes.Found(
                CheckCodes.Number, where, $"{field} \"{id}\"", $"{example}{expected?.ToString(CultureInfo.InvariantCulture) ?? "N"}",
                CheckNotes.Look(where.Split('/')[0], entry.Id));
        }

        if (isNumbered) _last = number;
    }
}
