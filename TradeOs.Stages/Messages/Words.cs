using System.Text;

namespace TradeOs.Stages;

/// <summary>Keeps one string for each short text met again and again (symbols, strategies, sources), so that decoding
/// a tick allocates none.</summary>
/// <remarks>A cache per thread with a bound: text beyond it is simply made anew. What it returns never depends on
/// what it holds.</remarks>
internal static class Words
{
    private const int SlotsCount = 1024;

    [ThreadStatic]
    private static string?[]? _slots;

    /// <summary>The string of ASCII bytes.</summary>
    public static string Of(ReadOnlySpan<byte> text)
    {
        var slots = _slots ??= new string?[SlotsCount];
        ref var slot = ref slots[Slot(text)];
        if (slot is not null && Ascii.Equals(text, slot)) return slot;
        return slot = Encoding.ASCII.GetString(text);
    }

    /// <summary>FNV-1a, cut to the number of slots: the texts are short.</summary>
    private static int Slot(ReadOnlySpan<byte> text)
    {
        var hash = 2166136261u;
        foreach (var value in text) hash = unchecked((hash ^ value) * 16777619u);
        return (int)(hash % SlotsCount);
    }
}
