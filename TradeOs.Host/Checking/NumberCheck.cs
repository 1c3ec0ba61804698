using System.Globalization;

namespace TradeOs.Host;

/// <summary>Numbers of intents and orders rise by one from the first, so none is missing and none there
/// twice.</summary>
internal sealed class NumberCheck(string field, CheckNotes notes)
{
    private readonly string _example = field == "intent_id" ? "I-" : "LABEL-";
    private (string Where, string Id, long Number)? _first;
    private long? _last;

    /// <summary>Takes the next entry of the stage that numbers.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="where">Its stream and id.</param>
    public void Add(EntryView entry, string where)
    {
        var id = entry[field] ?? "";
        var dash = id.LastIndexOf('-');
        var isNumbered = long.TryParse(
            id.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && dash > 0;
        var expected = _last + 1;
        var isPrefixed = field != "intent_id" || id.StartsWith("I-", StringComparison.Ordinal);
        if (!isNumbered || !isPrefixed || (expected is { } next && number != next))
        {
            notes.Found(
                CheckCodes.Number, where, $"{field} \"{id}\"",
                expected is null ? _example + "N" : $"{_example}{expected}",
                CheckNotes.Look(where.Split('/')[0], entry.Id));
        }

        if (!isNumbered) return;
        _last = number;
        _first ??= (where, id, number);
    }

    /// <summary>Holds the first number against those that are gone.</summary>
    /// <param name="gone">Entries numbered before it that are gone; null when that cannot be known.</param>
    public void Complete(long? gone)
    {
        if (gone is not { } before || _first is not { } first || first.Number == before + 1) return;
        notes.Found(
            CheckCodes.Number, first.Where, $"{field} \"{first.Id}\"", $"{_example}{before + 1}",
            CheckNotes.Look(first.Where.Split('/')[0], first.Where.Split('/')[^1]));
    }
}
