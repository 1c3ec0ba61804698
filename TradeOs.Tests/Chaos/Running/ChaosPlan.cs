namespace TradeOs.Tests.Chaos;

/// <summary>What a run shall do.</summary>
/// <param name="Scenarios">Which scenarios.</param>
/// <param name="Seed">All chance of the run comes from it.</param>
/// <param name="Time">How long rounds are begun; null runs a number of rounds instead.</param>
/// <param name="Rounds">Rounds of each scenario when there is no time.</param>
/// <param name="HasControls">Whether each scenario also runs with its protection taken out.</param>
internal sealed record ChaosPlan(
    IReadOnlyList<Scenario> Scenarios, int Seed, TimeSpan? Time, int Rounds, bool HasControls)
{
    /// <summary>Seed of a round. The first round of a scenario has the run's own, so that a round can be repeated by
    /// the seed it printed.</summary>
    public int SeedOf(Scenario scenario, int round)
    {
        if (round == 0) return Seed;
        var mixed = unchecked((uint)Seed);
        foreach (var letter in scenario.Name) mixed = unchecked((mixed ^ letter) * 16_777_619);
        return (int)(unchecked((mixed ^ (uint)round) * 16_777_619) & int.MaxValue);
    }

    /// <summary>Rounds in the order they are begun when time does not end them: each scenario once, then those that
    /// want more, turn by turn; then, with a time, all of them again and again.</summary>
    public IEnumerable<(Scenario Scenario, int Round)> Turns()
    {
        for (var round = 0; ; round++)
        {
            var isWanted = false;
            foreach (var scenario in Scenarios)
            {
                if (round >= (Time is null ? Rounds : scenario.RoundsLong)) continue;
                isWanted = true;
                yield return (scenario, round);
            }

            if (!isWanted) break;
        }

        for (var round = 0; Time is not null; round++)
            foreach (var scenario in Scenarios) yield return (scenario, scenario.RoundsLong + round);
    }
}
