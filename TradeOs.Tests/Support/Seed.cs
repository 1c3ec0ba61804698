using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace TradeOs.Tests;

/// <summary>Random numbers of a test that can be had again: set TRADEOS_SEED to the seed it printed.</summary>
public static class Seed
{
    /// <summary>A seed, printed with the test's output.</summary>
    public static int Next()
    {
        var given = Environment.GetEnvironmentVariable("TRADEOS_SEED");
        var seed = given is null ? Random.Shared.Next() : int.Parse(given, CultureInfo.InvariantCulture);
        TestContext.Out.WriteLine($"TRADEOS_SEED={seed}");
        return seed;
    }

    /// <summary>Checks a property on many generated values; a counterexample is shrunk and fails the test.</summary>
    public static void Check<T>(Gen<T> values, Action<T> property, int count = 1000)
    {
        var replay = new Replay(new Rnd((ulong)Next(), 1), Microsoft.FSharp.Core.FSharpOption<int>.None);
        FsCheck.Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(count)
                .WithReplay(Microsoft.FSharp.Core.FSharpOption<Replay>.Some(replay)),
            Prop.ForAll(values.ToArbitrary(), property));
    }
}
