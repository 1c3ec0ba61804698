using TradeOs.Tests.EndToEnd;

namespace TradeOs.Tests.Chaos;

/// <summary>One round of a scenario: its seed, the program it runs, and the proof that faults hit.</summary>
/// <param name="seed">Repeats the round.</param>
/// <param name="program">The program under test: as shipped, or with a protection taken out.</param>
/// <param name="isShort">Whether it shall be over in seconds.</param>
/// <param name="say">Takes a line for whoever watches.</param>
internal sealed class Trial(
    int seed, TradeOsProgram program, bool isShort, Action<string> say, CancellationToken cancellationToken)
{
    private int _hits;

    /// <summary>All chance of the round comes from here.</summary>
    public Random Random { get; } = new(seed);

    /// <summary>The program under test.</summary>
    public TradeOsProgram Program { get; } = program;

    /// <summary>Whether the program has that protection, or it was taken out.</summary>
    public bool Has(string protection) => WeakenedProgram.MissingIn(Program) != protection;

    /// <summary>Whether the round shall be over in seconds: fewer faults, the same invariants.</summary>
    public bool IsShort { get; } = isShort;

    /// <summary>Ends the round early.</summary>
    public CancellationToken Cancel { get; } = cancellationToken;

    /// <summary>Faults that hit so far.</summary>
    public int Hits => Volatile.Read(ref _hits);

    /// <summary>Counts a fault that hit; <paramref name="proof"/> says how that was seen, with the position.</summary>
    public void Hit(string proof) => say($"  hit {Interlocked.Increment(ref _hits)}: {proof}");

    /// <summary>Counts a fault that hit and is one of many alike; some are told.</summary>
    public void HitAgain(string proof)
    {
        var hits = Interlocked.Increment(ref _hits);
        if (hits % 50 == 1) say($"  hit {hits}: {proof}");
    }

    /// <summary>Where a world that was not judged is kept for a look; null keeps none.</summary>
    public string? KeepDirectory { get; init; }

    /// <summary>Keeps the directories of a server and its host, and what the host said.</summary>
    public void Keep(string server, string data, string? log)
    {
        if (KeepDirectory is not { } target) return;
        foreach (var (from, name) in new[] { (server, "redis"), (data, "data") })
        {
            foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
            {
                var copy = Path.Combine(target, name, Path.GetRelativePath(from, file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy, overwrite: true);
            }
        }

        File.WriteAllText(Path.Combine(target, "host.log"), log ?? "");
    }

    /// <summary>Says something else worth knowing of this round.</summary>
    public void Say(string line) => say("  " + line);

    /// <summary>Throws unless the promise holds.</summary>
    public static void Demand(bool holds, string broken)
    {
        if (!holds) throw new InvariantBrokenException(broken);
    }
}
