using NUnit.Framework;
using TradeOs.Tests.EndToEnd;

[assembly: LevelOfParallelism(2)]

namespace TradeOs.Tests.Chaos;

/// <summary>The short mode of the chaos harness: every scenario once, and one control of every protection.</summary>
/// <remarks>Two at a time, and nothing else beside them: no other fixture says that it may run in parallel.</remarks>
[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class ChaosTests
{
    private static IEnumerable<string> Names => Scenarios.All.Select(scenario => scenario.Name);

    /// <summary>The first scenario that names a protection; <c>--controls</c> of the program runs all.</summary>
    private static IEnumerable<string> Controls =>
        Scenarios.All.DistinctBy(scenario => scenario.Protection).Select(scenario => scenario.Name);

    [OneTimeSetUp]
    public void BeginBuilding() => WeakenedProgram.Begin();

    [Order(1)]
    [TestCaseSource(nameof(Names))]
    public async Task Scenario_ShortRound_KeepsItsPromiseAndHits(string name)
    {
        var scenario = Scenarios.Named(name);
        var trial = Round(TradeOsProgram.Shipped);

        await scenario.TryAsync(trial);

        Assert.That(trial.Hits, Is.Positive, "the fault must hit");
    }

    [Order(2)]
    [TestCaseSource(nameof(Controls))]
    public async Task Control_WithoutTheProtection_TheScenarioFails(string name)
    {
        var scenario = Scenarios.Named(name);
        var weakened = await WeakenedProgram.OfAsync(scenario.Protection);
        InvariantBrokenException? broken = null;
        for (var round = 0; round < scenario.ControlRoundsMax && broken is null; round++)
        {
            try
            {
                await scenario.TryAsync(Round(weakened));
            }
            catch (InvariantBrokenException found)
            {
                broken = found;
            }
        }

        Assert.That(broken, Is.Not.Null, $"without {scenario.Protection} the scenario must fail");
        TestContext.Out.WriteLine($"without {scenario.Protection}: {broken!.Message}");
    }

    private static Trial Round(TradeOsProgram program) => new(
        Seed.Next(), program, isShort: true, TestContext.Out.WriteLine, TestContext.CurrentContext.CancellationToken);
}
