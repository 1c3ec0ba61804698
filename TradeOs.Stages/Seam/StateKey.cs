namespace TradeOs.Stages;

/// <summary>Name of one piece of state: <c>BTCUSDT</c>, <c>BTCUSDT:ema-cross</c>, or <c>:shared</c>.</summary>
/// <param name="Owner">Usually the symbol.</param>
/// <param name="Part">Usually the strategy; empty when the owner has one piece of state only.</param>
internal readonly record struct StateKey(string Owner, string Part = "")
{
    /// <summary>State of the stage as a whole; no symbol is empty, so none can take its name.</summary>
    public static StateKey Shared { get; } = new("", "shared");

    /// <summary>Text of the key; a colon inside a name is escaped, so that two keys never have one text.</summary>
    public override string ToString() => Part.Length == 0 ? Escape(Owner) : $"{Escape(Owner)}:{Escape(Part)}";

    private static string Escape(string name) => name.AsSpan().ContainsAny('%', ':')
        ? name.Replace("%", "%25", StringComparison.Ordinal).Replace(":", "%3A", StringComparison.Ordinal)
        : name;
}
