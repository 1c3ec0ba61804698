namespace TradeOs.Bus;

/// <summary>How many entries a reader asks for at once; kept by the bus from one opening of the reader to the
/// next.</summary>
internal sealed class ReadPace
{
    private int _oneByOne;

    /// <summary>At most <paramref name="countMax"/>; 1 for a while after a reply was too large.</summary>
    public int Count(int countMax) => _oneByOne > 0 ? 1 : countMax;

    /// <summary>So many entries came.</summary>
    public void Delivered(int count) => _oneByOne = Math.Max(0, _oneByOne - count);

    /// <summary>The reply to a read of <paramref name="countMax"/> entries was too large: that many come one by
    /// one.</summary>
    public void Slow(int countMax) => _oneByOne = countMax;
}
