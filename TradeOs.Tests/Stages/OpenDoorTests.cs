using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using TradeOs.Stages;

namespace TradeOs.Tests.Stages;

/// <summary><c>signals.raw</c> is open to any program: whatever passes its checks must not stop a later
/// stage.</summary>
public sealed class OpenDoorTests
{
    private static readonly Gen<decimal> Extremes = Gen.Elements(
        0.000000000001m, 0.000001m, 0.3333333333333333333333333333m, 1m, 99.99m, 61_837.63m, 1e9m, 999_999_999_999m,
        1e12m);

    private static readonly Gen<Price> Prices = Extremes.Select(value => new Price(value));

    /// <summary>Half of them are of a quiet market, so that positions open and close between the wild ones.</summary>
    private static readonly Gen<Signal> Signals =
        from seconds in Gen.Frequency((9, Gen.Choose(0, 100)), (1, Gen.Elements(-2_000_000_000, 2_000_000_000)))
        from symbol in Gen.Elements("A", "B:C", "shared")
        from side in Gen.Elements(Side.Buy, Side.Sell)
        from usual in Gen.Constant(new Price(symbol switch { "A" => 0.000000000001m, "B:C" => 1e12m, _ => 100m }))
        from prices in Gen.OneOf(Gen.Constant((usual, usual, usual)), Prices.Three().Select(Ordered))
        from volume in Gen.OneOf(Gen.Constant(0m), Extremes)
        from confidence in Gen.Elements(0m, 0.5m, 1m)
        from range in Gen.OneOf(Gen.Constant<decimal?>(usual.Value / 100), Extremes.Select(value => (decimal?)value))
        select new Signal(
            Sample.Noon.AddSeconds(seconds), symbol, "outside", side, prices.Item1, prices.Item2, prices.Item3,
            new Quantity(volume), confidence, "any", range);

    /// <summary>As permissive as settings may be, so that as much as possible comes through to the end.</summary>
    private static StageOptions Permissive => new()
    {
        Account = new AccountOptions { Capital = 1_000_000_000_000m },
        Qualifier = new QualifierOptions { ConfidenceMin = 0, Cooldown = TimeSpan.Zero },
        Modifier = new ModifierOptions { WeightMin = 0.01m, WeightMax = 100 },
        Planner = new PlannerOptions { RiskFraction = 1, QuantityStep = 0.000000000001m, ScaleByConfidence = true },
        Feasibility = new FeasibilityOptions
        {
            QuantityMin = 0.000000000001m, QuantityMax = 100_000_000_000_000m, NotionalMin = 0,
            NotionalMax = 1_000_000_000_000m, PositionMax = 1_000_000_000_000m, ExposureMax = 10, SpreadMax = 1,
            DeviationMax = 10, RateMax = 10_000,
        },
        Execution = new ExecutionOptions
        {
            Slippage = SlippageModel.VolumeShare, SlippageBps = 1000, ImpactMax = 1, FeeBps = 1000,
            PriceStep = 0.000000000001m,
        },
    };

    [Test]
    public async Task Pipeline_OnAnySignalsFromOutside_NeverThrowsAndAccountsForAll([Values] bool isPermissive)
    {
        var options = isPermissive ? Permissive : new StageOptions();
        var snapshots = 0;
        foreach (var signals in Signals.ArrayOf(60).Sample(100))
        {
            var run = await (await new PipelineRun(options, 16).SignalAsync(signals)).RunAsync();
            Assert.That(
                await run.EntriesAsync(StreamNames.DeadLetters), Is.Empty, "what one stage writes the next can read");
            snapshots += (await run.EntriesAsync(StreamNames.Metrics)).Count;
            foreach (var stage in Topology.Stages)
            {
                var checkpoint = await run.Bus.InspectReaderAsync(stage.Name, CancellationToken.None);
                Assert.That(checkpoint!.Count, Is.EqualTo((await run.EntriesAsync(stage.Input!)).Count), stage.Name);
            }
        }

        await TestContext.Out.WriteLineAsync($"{snapshots} snapshots");
        if (isPermissive) Assert.That(snapshots, Is.GreaterThan(0), "signals reach the end of the path");
    }

    private static (Price Price, Price Bid, Price Ask) Ordered((Price First, Price Second, Price Third) any) =>
        any.Second <= any.Third ? any : (any.First, any.Third, any.Second);
}
