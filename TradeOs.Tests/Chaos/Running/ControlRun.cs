using TradeOs.Tests.EndToEnd;

namespace TradeOs.Tests.Chaos;

/// <summary>A scenario on a program without the protection it names: it must fail.</summary>
internal static class ControlRun
{
    /// <summary>How it failed; null when it did not within the rounds it may take.</summary>
    public static async Task<InvariantBrokenException?> TryAsync(
        Scenario scenario, Func<TradeOsProgram, int, Trial> round)
    {
        var weakened = await WeakenedProgram.OfAsync(scenario.Protection);
        for (var number = 0; number < scenario.ControlRoundsMax; number++)
        {
            try
            {
                await scenario.RunAsync(round(weakened, number));
            }
            catch (InvariantBrokenException broken)
            {
                return broken;
            }
        }

        return null;
    }
}
