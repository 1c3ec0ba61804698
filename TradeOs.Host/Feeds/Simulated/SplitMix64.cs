namespace TradeOs.Host;

/// <summary>SplitMix64, a small generator of good random bits; the same on every machine.</summary>
/// <remarks>
/// After Sebastiano Vigna, https://prng.di.unimi.it/splitmix64.c (public domain, 2015). Its state only counts up by a
/// constant, so the n-th number of a seed is had without making the ones before.
/// </remarks>
internal struct SplitMix64
{
    private const ulong Gamma = 0x9e3779b97f4a7c15;

    private ulong _state;

    /// <summary>Stands before the number <paramref name="skip"/> of <paramref name="seed"/>.</summary>
    public SplitMix64(ulong seed, ulong skip) => _state = unchecked(seed + (skip * Gamma));

    /// <summary>64 random bits.</summary>
    public ulong Next()
    {
        unchecked
        {
            var bits = _state += Gamma;
            bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
            bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
            return bits ^ (bits >> 31);
        }
    }

    /// <summary>A number from 0 up to, not including, 1, of 53 random bits.</summary>
    public double NextUnit() => (Next() >> 11) * (1.0 / (1L << 53));

    /// <summary>A number about normally distributed: mean 0, deviation 1, never beyond 6.</summary>
    /// <remarks>The sum of twelve numbers from 0 to 1, less 6: additions only, so no two machines differ.</remarks>
    public double NextNormal()
    {
        var sum = -6.0;
        for (var index = 0; index < 12; index++) sum += NextUnit();
        return sum;
    }
}
