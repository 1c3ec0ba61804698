using System.Collections.Immutable;
using System.Text;

namespace TradeOs.Host;

/// <summary>What the first rows of a file show of its format.</summary>
/// <remarks>
/// A header that is known decides, or the first row when none of the next shows something else. Anything less is not
/// certain, and the person who has the file is asked.
/// </remarks>
internal sealed class FormatSight
{
    private const int LookBytes = 64 * 1024;
    private const int LookRows = 10;

    private readonly FeedFile _file;
    private readonly string _first;
    private readonly FormatSign? _sign;
    private readonly ImmutableArray<FormatSign> _signs;
    private readonly int _line;

    private FormatSight(FeedFile file, int line, List<string> lines)
    {
        (_file, _line) = (file, line);
        _first = lines.Count > 0 ? Refusal.Show(Encoding.UTF8.GetBytes(lines[0])) : "";
        var header = lines.Count > 0 ? FormatSign.OfHeader(lines[0]) : null;
        _signs = [.. lines.Select(FormatSign.OfRow).OfType<FormatSign>().Distinct()];
        _sign = header ?? (lines.Count > 0 && _signs.Length == 1 ? FormatSign.OfRow(lines[0]) : null);
    }

    /// <summary>Looks at the first rows of a file.</summary>
    /// <exception cref="FeedFileException">Not one byte of it can be read as text.</exception>
    public static FormatSight Of(FeedFile file)
    {
        var lines = FirstLines(file);
        var first = lines.FindIndex(line => line.Length > 0);
        return new FormatSight(file, first + 1, [.. lines.Where(line => line.Length > 0).Take(LookRows)]);
    }

    /// <summary>The SPEC with the format its file shows.</summary>
    /// <exception cref="FeedSpecException">That is not certain, or no format.</exception>
    /// <exception cref="FeedFileException">The file cannot be read.</exception>
    public static FeedSpec Resolve(FeedSpec spec)
    {
        if (spec.Format != FeedFormat.Unnamed) return spec;
        var isDirectory = Directory.Exists(spec.Path);
        if (!isDirectory) FeedFile.CheckPath(spec.Path);

        // Of a directory the first file tells; one of another format says so when it is opened.
        var sight = Of(FeedFile.Open(isDirectory ? FeedDirectory.Open(spec.Path).Files[0] : spec.Path));
        return sight._sign switch
        {
            { Format: FeedFormat.TardisTrades } when sight.IsNamedLiquidations =>
                throw new FeedSpecException(sight.Line(
                    "is the header of Tardis trades and of Tardis liquidations, and the file's name says the latter, " +
                    $"expected trades. If they are to be traded on: --feed tardis-trades:{spec.Path}")),
            { Format: { } format } => spec.As(format),
            { Foreign: { } foreign } => throw new FeedSpecException(sight.Line(ForeignFiles.Why(foreign, sight._file))),
            _ => throw new FeedSpecException(sight.Uncertain()),
        };
    }

    /// <summary>
    /// Why the file cannot be of format <paramref name="named"/>; null when what it shows does not speak against it.
    /// </summary>
    public string? WhyNot(FeedFormat named)
    {
        if (_sign is { Foreign: { } foreign }) return Line(ForeignFiles.Why(foreign, _file));
        if (_sign is not { Format: { } format } || format == named) return null;
        if (named == FeedFormat.Ohlcv && format == FeedFormat.BinanceKlines) return null;
        var word = FeedSpec.WordOf(format);
        return Line($"is of format {word}, expected {FeedSpec.WordOf(named)}. Write {word}:{_file.Path}");
    }

    private bool IsNamedLiquidations => _file.Name.Contains("liquidations", StringComparison.OrdinalIgnoreCase);

    private string Uncertain()
    {
        if (_first.Length == 0) return $"{_file.Path}: holds no rows, expected some. Fetch it again.";
        var words = _signs.Where(sign => sign.Format is not null)
            .Select(sign => FeedSpec.WordOf(sign.Format!.Value)).ToList();
        return words.Count == 0
            ? Line($"tells no format for certain, expected a header or row of {FeedSpec.FileWords}. Write the format " +
                $"it has in front: --feed FORMAT:{_file.Path}")
            : Line($"tells no format for certain, the first {LookRows} rows show {string.Join(" and ", words)}, " +
                $"expected one format. Write it in front: --feed {words[0]}:{_file.Path}");
    }

    private string Line(string what) => $"{_file.Path} line {_line}: \"{_first}\" {what}";

    private static List<string> FirstLines(FeedFile file)
    {
        var bytes = new byte[LookBytes];
        using var text = file.OpenText();
        var length = text.ReadAtLeast(bytes, LookBytes, throwOnEndOfStream: false);
        if (length == 0 && text.Break is { } broken) throw broken;
        var lines = Encoding.UTF8.GetString(bytes, 0, length).TrimStart('\uFEFF')
            .Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n', '\r');

        // The last line may go on behind what was looked at; as the only one it still shows how it begins.
        var whole = length == LookBytes && lines.Length > 1 ? lines.Length - 1 : lines.Length;
        return [.. lines.Take(whole).Select(line => line.Trim())];
    }
}
