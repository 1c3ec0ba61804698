using System.Globalization;

namespace TradeOs.Stages;

/// <summary>The number at the end of ids that count: 12 in <c>I-12</c> and <c>paper-12</c>.</summary>
internal static class SequenceNumber
{
    /// <summary>The number of an id; false when it does not end in a dash and a plain number above 0.</summary>
    public static bool TryParse(string id, out long number)
    {
        number = 0;
        var dash = id.LastIndexOf('-');
        return dash > 0
            && long.TryParse(id.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && number > 0;
    }

    /// <summary>The number of an id that was checked when it was read.</summary>
    public static long Of(string id) => TryParse(id, out var number)
        ? number
        : throw new FormatException($"'{id}' does not end in a dash and a number above 0.");
}
