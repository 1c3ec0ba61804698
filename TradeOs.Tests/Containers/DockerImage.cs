using System.Text.RegularExpressions;

namespace TradeOs.Tests.Containers;

/// <summary>Dockerfile as instructions, each on one line.</summary>
internal static class DockerImage
{
    /// <summary>Every instruction with its words.</summary>
    public static IReadOnlyList<(string Name, string Words)> Instructions { get; } = [.. Read()];

    /// <summary>Names of images and the like, by argument, at their defaults.</summary>
    public static IReadOnlyDictionary<string, string> Arguments { get; } =
        Instructions.Where(line => line.Name == "ARG" && line.Words.Contains('=', StringComparison.Ordinal))
            .Select(line => line.Words.Split('=', 2)).ToDictionary(parts => parts[0], parts => parts[1]);

    /// <summary>Environment of the program.</summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } =
        Instructions.Where(line => line.Name == "ENV").SelectMany(line => line.Words.Split(' '))
            .Select(pair => pair.Split('=', 2)).ToDictionary(parts => parts[0], parts => parts[1]);

    /// <summary>What it copies out of the repository.</summary>
    public static IReadOnlyList<string> Sources { get; } =
    [
        .. Instructions.Where(line => line.Name == "COPY" && !line.Words.StartsWith("--from", StringComparison.Ordinal))
            .SelectMany(line => line.Words.Split(' ')[..^1]).Select(source => source.TrimEnd('/')),
    ];

    /// <summary>The words of the last instruction of a name, which is the one that counts.</summary>
    public static string Last(string name) => Instructions.Last(line => line.Name == name).Words;

    private static IEnumerable<(string Name, string Words)> Read()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "Dockerfile"));
        foreach (var line in Regex.Replace(text, @"\\\n\s*", "").Split('\n'))
            if (line.Length > 0 && line[0] != '#' && line.Split(' ', 2) is [var name, var words])
                yield return (name, words.Trim());
    }
}
