namespace TradeOs.Host;

/// <summary>Names for people: the first few, and how many more there are.</summary>
internal static class NameList
{
    private const int ShownMax = 10;

    /// <summary><c>a, b, ... and 355 more</c>.</summary>
    public static string Of(IReadOnlyCollection<string> names)
    {
        var shown = string.Join(", ", names.Take(ShownMax));
        return names.Count <= ShownMax ? shown : $"{shown} and {names.Count - ShownMax} more";
    }
}
