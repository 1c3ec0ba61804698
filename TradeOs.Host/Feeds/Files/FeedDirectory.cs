using System.Collections.Immutable;

namespace TradeOs.Host;

/// <summary>A directory of market data as it stands when the feed first looks: which of its files are fed.</summary>
/// <param name="Path">The directory.</param>
/// <param name="Files">Paths of the files that are fed, in ordinal order of their names.</param>
/// <param name="PassedOver">Names of everything else in it, in the same order; of a directory with a slash.</param>
/// <param name="Bytes">Bytes of the files.</param>
internal sealed record FeedDirectory(
    string Path, ImmutableArray<string> Files, ImmutableArray<string> PassedOver, long Bytes)
{
    // Binance names its archives SYMBOL-trades-DAY.zip, without the .csv inside: any .gz and .zip is taken.
    private static readonly ImmutableArray<string> Endings =
        [".csv", ".txt", ".json", ".ndjson", ".jsonl", ".gz", ".zip"];

    /// <summary>Looks into the directory, not into those below it.</summary>
    /// <exception cref="FeedSpecException">None of its files is one to feed, or it may not be read.</exception>
    public static FeedDirectory Open(string path)
    {
        try
        {
            var directory = new DirectoryInfo(path);
            var entries = directory.GetFileSystemInfos();
            Array.Sort(entries, (left, right) => string.CompareOrdinal(left.Name, right.Name));
            var files = entries.OfType<FileInfo>().Where(IsFed).ToImmutableArray();
            ImmutableArray<string> passedOver =
                [.. entries.Where(entry => entry is not FileInfo file || !IsFed(file)).Select(Shown)];
            return files.Length > 0
                ? new FeedDirectory(
                    path, [.. files.Select(file => System.IO.Path.Combine(path, file.Name))], passedOver,
                    files.Sum(file => file.Length))
                : throw Empty(path, passedOver);
        }
        catch (UnauthorizedAccessException refused)
        {
            throw new FeedSpecException(
                $"{path}: may not be read ({refused.Message}), expected a readable directory. Give this user the " +
                "right to read it.");
        }
    }

    /// <summary>A hidden file belongs to some program, a tar archive holds files of its own.</summary>
    private static bool IsFed(FileInfo file) =>
        !file.Name.StartsWith('.') && !file.Name.EndsWith(".tar.gz", StringComparison.OrdinalIgnoreCase)
        && Endings.Any(ending => file.Name.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    private static string Shown(FileSystemInfo entry) => entry is DirectoryInfo ? entry.Name + "/" : entry.Name;

    private static FeedSpecException Empty(string path, ImmutableArray<string> passedOver)
    {
        var found = passedOver.Length == 0 ? "is empty" : $"holds only {NameList.Of(passedOver)}";
        return new FeedSpecException(
            $"{path}: {found}, expected files that end in {string.Join(" ", Endings)}. Name the directory that holds " +
            "them; those below it are not looked into.");
    }
}
