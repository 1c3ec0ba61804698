using System.Collections.Immutable;

namespace TradeOs.Host;

/// <summary>The feeds of a run.</summary>
internal static class FeedSpecs
{
    /// <summary>What to write where no feed is wanted: outside programs bring the market data.</summary>
    public const string None = "none";

    /// <summary>Reads every SPEC, before anything is started.</summary>
    /// <exception cref="FeedSpecException">
    /// One of them is wrong, leads to no file, or never ends although the run should.
    /// </exception>
    /// <exception cref="FeedFileException">A file that is to tell its format cannot be read.</exception>
    public static ImmutableArray<FeedSpec> Parse(IReadOnlyList<string> texts, bool untilIdle)
    {
        if (texts is [None]) return [];
        var specs = texts.Select(FeedSpec.Parse).ToImmutableArray();
        foreach (var spec in specs)
        {
            if (spec.Simulation is null)
            {
                FeedFile.CheckPath(spec.Path);
            }
            else if (untilIdle && spec.Simulation.CountMax is null)
            {
                throw new FeedSpecException(
                    "--until-idle never ends with an endless simulation; give it an end, e.g. " +
                    "--feed simulated:count=10000,rate=max");
            }
        }

        // What a file's rows do not tell is asked now, not once Redis runs.
        return [.. specs.Select(FormatSight.Resolve)];
    }
}
