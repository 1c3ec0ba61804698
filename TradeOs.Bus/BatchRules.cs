namespace TradeOs.Bus;

/// <summary>What a stage must keep to, looked at before a commit, because Redis never rolls half a commit
/// back.</summary>
internal static class BatchRules
{
    /// <summary>Most fields of one entry; Lua in Redis can pass on about 4,000 pairs.</summary>
    public const int FieldCountMax = 1000;

    /// <summary>Every output must be an entry Redis takes.</summary>
    /// <exception cref="InvariantViolatedException">One has no field, or too many.</exception>
    public static void Verify(Batch batch, string reader)
    {
        foreach (var output in batch.Outputs)
        {
            if (output.FieldCount is > 0 and <= FieldCountMax) continue;
            throw new InvariantViolatedException(
                $"{reader} wrote an entry of {output.FieldCount} fields to {output.Stream}; expected 1 to " +
                $"{FieldCountMax}. That is a fault of the stage; nothing was written.");
        }
    }
}
