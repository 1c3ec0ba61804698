using System.Text;

namespace TradeOs.Tests.Architecture;

/// <summary>One file of the house as the rules see it.</summary>
/// <param name="Path">Where it is, from the top of the repository, with slashes.</param>
/// <param name="Text">All of it.</param>
internal sealed record SourceFile(string Path, string Text)
{
    /// <summary>Lines without their ends.</summary>
    public string[] Lines => Text.Split('\n');

    /// <summary>The text with comments and the contents of strings blanked, line by line in its place.</summary>
    public string Code { get; } = WithoutWords(Text);

    /// <summary>Every source file of the house.</summary>
    public static IReadOnlyList<SourceFile> All() =>
    [
        .. Directory.EnumerateFiles(Repository.Root, "*.cs", SearchOption.AllDirectories)
            .Select(path => System.IO.Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'))
            .Where(path => path.StartsWith("TradeOs.", StringComparison.Ordinal))
            .Where(path => !path.Split('/').Any(folder => folder is "bin" or "obj"))
            .Order(StringComparer.Ordinal)
            .Select(path => new SourceFile(path, File.ReadAllText(System.IO.Path.Combine(Repository.Root, path)))),
    ];

    /// <summary>Whether it stands in that folder.</summary>
    public bool IsIn(string folder) => Path.StartsWith(folder + "/", StringComparison.Ordinal);

    private static string WithoutWords(string text)
    {
        var code = new StringBuilder(text.Length);
        for (var index = 0; index < text.Length;)
        {
            var length = WordsAt(text, index);
            if (length == 0) code.Append(text[index++]);
            for (; length > 0; length--, index++) code.Append(text[index] == '\n' ? '\n' : ' ');
        }

        return code.ToString();
    }

    /// <summary>Length of the comment or literal that begins here; 0 when none does.</summary>
    private static int WordsAt(string text, int index)
    {
        var rest = text.AsSpan(index);
        if (rest.StartsWith("//", StringComparison.Ordinal)) return UpTo(rest, "\n", 2) - 1;
        if (rest.StartsWith("/*", StringComparison.Ordinal)) return UpTo(rest, "*/", 2);
        if (rest.StartsWith("\"\"\"", StringComparison.Ordinal)) return UpTo(rest, "\"\"\"", 3);
        if (rest.StartsWith("@\"", StringComparison.Ordinal)) return UpTo(rest, "\"", 2);
        return rest[0] is '"' or '\'' ? Quoted(rest) : 0;
    }

    private static int UpTo(ReadOnlySpan<char> rest, string end, int from)
    {
        var found = rest[from..].IndexOf(end);
        return found < 0 ? rest.Length : from + found + end.Length;
    }

    private static int Quoted(ReadOnlySpan<char> rest)
    {
        var index = 1;
        while (index < rest.Length && rest[index] != rest[0] && rest[index] != '\n')
            index += rest[index] == '\\' ? 2 : 1;
        return Math.Min(index + 1, rest.Length);
    }
}
