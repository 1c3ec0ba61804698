using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>Something in the streams that must not be.</summary>
/// <param name="Code">One of <see cref="CheckCodes"/>.</param>
/// <param name="Where">Stream and entry, or key.</param>
/// <param name="Found">What is there.</param>
/// <param name="Expected">What must be there.</param>
/// <param name="Move">What to do about it.</param>
public sealed record CheckFinding(string Code, string Where, string Found, string Expected, string Move)
{
    /// <summary>One line that says it all.</summary>
    public override string ToString() => EntryText.Show($"{Where}: found {Found}, expected {Expected}. {Move}");
}

/// <summary>Something that cannot be proven from what is left.</summary>
/// <param name="Where">Stream or stage.</param>
/// <param name="What">What was not proven, and why.</param>
public sealed record Unproven(string Where, string What)
{
    /// <summary>One line that says it all.</summary>
    public override string ToString() => EntryText.Show($"{Where}: {What}");
}
