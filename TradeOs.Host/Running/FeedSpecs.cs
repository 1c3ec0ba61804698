using System.Collections.Immutable;

namespace TradeOs.Host;

/// <summary>The feeds of a run.</summary>
internal static class FeedSpecs
{
    /// <summary>What to write where no feed is wanted: outside programs bring the market data.</summary>
    public const string None = "none";

    /// <summary>Reads every SPEC, before anything is started.</summary>
    /// <exception cref="FeedSpecException">
    /// One of them is wrong, leads to no file, or never ends although the run should; or two contradict each other.
    /// </exception>
    /// <exception cref="FeedFileException">A file that is to tell its format cannot be read.</exception>
    public static ImmutableArray<FeedSpec> Parse(IReadOnlyList<string> texts, bool untilIdle)
    {
        if (texts is [None]) return [];

        // What a file's rows do not tell is asked now, not once Redis runs.
        var specs = texts.Select(FeedSpec.Parse).Select(FormatSight.Resolve).ToImmutableArray();
        Check(specs);
        if (untilIdle && specs.Any(spec => spec.Simulation is { CountMax: null }))
        {
            throw new FeedSpecException(
                "--until-idle never ends with an endless simulation; give it an end, e.g. " +
                "--feed simulated:count=10000,rate=max");
        }

        return specs;
    }

    /// <summary>Whether the specs can be fed together, as far as can be told without reading.</summary>
    /// <exception cref="FeedSpecException">They cannot.</exception>
    public static void Check(ImmutableArray<FeedSpec> specs)
    {
        foreach (var spec in specs)
        {
            if (spec.IsDirectory)
                foreach (var file in FeedDirectory.Open(spec.Path).Files) spec.ForFile(file);
            else if (spec.Simulation is null && !spec.IsStandardInput) FeedFile.CheckPath(spec.Path);
        }

        if (specs.Count(spec => spec.IsStandardInput) > 1)
        {
            throw new FeedSpecException(
                "Standard input is the source of two feeds, expected one at most: it can be read once. Take one " +
                "--feed with the path - out.");
        }

        var paces = specs.Select(spec => spec.Pace).OfType<double>().Distinct().ToList();
        if (paces.Count > 1)
        {
            throw new FeedSpecException(FormattableString.Invariant(
                $"Feeds of one run have the paces {string.Join("x and ", paces)}x, expected one: they share a ") +
                "clock. Give each the same pace; those without one go out in order of time with them.");
        }
    }
}
