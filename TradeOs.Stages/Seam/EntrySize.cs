using TradeOs.Bus;

namespace TradeOs.Stages;

/// <summary>How large an entry of any stream may be; ours have at most 20 fields and some hundred bytes.</summary>
internal static class EntrySize
{
    /// <summary>Most fields of one entry.</summary>
    public const int FieldCountMax = 1000;

    /// <summary>Most bytes of one entry, all names and values with their lengths.</summary>
    public const int BytesMax = 64 * 1024;

    /// <summary>What is wrong with the size of an entry; null when nothing is.</summary>
    public static string? Fault(Entry entry)
    {
        if (entry.CutBytes > 0)
        {
            return FormattableString.Invariant(
                $"the entry has {entry.Fields.EncodedBytes + entry.CutBytes} bytes, expected at most {BytesMax}; ") +
                FormattableString.Invariant($"only the first {entry.Fields.EncodedBytes} were looked at");
        }

        if (entry.Fields.Count > FieldCountMax)
            return FormattableString.Invariant(
                $"the entry has {entry.Fields.Count} fields, expected at most {FieldCountMax}");
        if (entry.Fields.EncodedBytes > BytesMax)
            return FormattableString.Invariant(
                $"the entry has {entry.Fields.EncodedBytes} bytes, expected at most {BytesMax}");
        return null;
    }
}
