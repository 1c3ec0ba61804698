namespace TradeOs.Tests.Containers;

/// <summary>docker-compose.yml as paths and values: "services:redis:restart" is "unless-stopped".</summary>
/// <remarks>It reads maps and lists of one value a line, which is all that the file uses.</remarks>
internal static class ComposeFile
{
    /// <summary>The values under each path; a list has several.</summary>
    public static ILookup<string, string> Values { get; } =
        Read(Path.Combine(Repository.Root, "docker-compose.yml")).ToLookup(line => line.Path, line => line.Value);

    /// <summary>The only value under a path, with every ${NAME:-default} at its default.</summary>
    public static string Value(string path) =>
        System.Text.RegularExpressions.Regex.Replace(Values[path].Single(), @"\$\{\w+:-([^}]*)\}", "$1");

    /// <summary>What a bind mount of a service shows in its container, by the path there.</summary>
    public static IReadOnlyDictionary<string, string> Mounts(string service) =>
        Values[$"services:{service}:volumes"].Select(mount => mount.Split(':'))
            .ToDictionary(parts => parts[1], parts => parts[0], StringComparer.Ordinal);

    private static IEnumerable<(string Path, string Value)> Read(string file)
    {
        var path = new List<(int Indent, string Key)>();
        foreach (var line in File.ReadLines(file))
        {
            var text = line.Trim();
            if (text.Length == 0 || text[0] == '#') continue;
            var indent = line.Length - line.TrimStart().Length;
            path.RemoveAll(part => part.Indent >= indent);
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            if (text.StartsWith("- ", StringComparison.Ordinal))
                yield return (Text(path), Unquoted(text[2..]));
            else
                path.Add((indent, text[..colon]));
            if (!text.StartsWith("- ", StringComparison.Ordinal) && colon + 1 < text.Length)
                yield return (Text(path), Unquoted(text[(colon + 1)..].Trim()));
        }
    }

    private static string Text(List<(int Indent, string Key)> path) => string.Join(':', path.Select(part => part.Key));

    private static string Unquoted(string value) => value is ['"', .. var inside, '"'] ? inside : value;
}
