namespace TradeOs.Host;

/// <summary>What <c>tradeos run</c> was asked for, beside the settings.</summary>
/// <param name="UntilIdle">End when all input is through every stage.</param>
/// <param name="OnMemory">Run on the in-memory bus; nothing is kept.</param>
/// <param name="TakeOver">Replace a host that lives.</param>
/// <param name="Adopt">Accept a Redis that is not the one this data directory knows.</param>
/// <param name="KeepRedis">Leave a managed Redis running at the end.</param>
/// <param name="Json">One JSON object on standard output.</param>
public sealed record RunArguments(bool UntilIdle, bool OnMemory, bool TakeOver, bool Adopt, bool KeepRedis, bool Json)
{
    /// <summary>An option that would do nothing is an answer, not silence.</summary>
    /// <exception cref="ConfigurationProblemException">An option of Redis beside <c>--bus memory</c>.</exception>
    public void ThrowIfContradictory()
    {
        if (!OnMemory) return;
        (string Option, bool IsGiven)[] options =
            [("--take-over", TakeOver), ("--adopt", Adopt), ("--keep-redis", KeepRedis)];
        foreach (var (option, isGiven) in options)
        {
            if (!isGiven) continue;
            throw new ConfigurationProblemException(
                [$"{option} is about Redis, and --bus memory uses none: leave out one of the two."]);
        }
    }
}
