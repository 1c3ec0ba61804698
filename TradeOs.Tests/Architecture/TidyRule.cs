using System.Text.RegularExpressions;

namespace TradeOs.Tests.Architecture;

/// <summary>A rule of the house that a look at the text can check.</summary>
/// <param name="Name">What it demands.</param>
/// <param name="Applies">Which files it is for.</param>
/// <param name="Breaks">Every place that breaks it, for people.</param>
internal sealed record TidyRule(
    string Name, Func<SourceFile, bool> Applies, Func<SourceFile, IEnumerable<string>> Breaks)
{
    private const string Endings = "Manager|Helper|Util|Processor|Data|Info|Base|Impl";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<TidyRule> All { get; } =
    [
        Code(
            "stages have no clock", InStages,
            @"\bDateTime(Offset)?\.(Now|UtcNow|Today)\b|\bStopwatch\b|\bTimeProvider\b|\bTickCount"),
        Code(
            "stages have no chance", InStages,
            @"\bRandom\b|\bRandomNumberGenerator\b|\bGuid\.(NewGuid|CreateVersion7)\b"),
        Code("stages do not wait", InStages, @"\b(Value)?Task\b|\basync\b|\bawait\b|\bThread(ing)?\b"),
        Code("stages take no lock", InStages, @"\block\s*\(|\bMonitor\s*\."),
        Code(
            "stages do no I/O", InStages,
            @"\bSystem\.(IO|Net)\b|\b(File|Directory|Console|Socket|Process|Environment)\.\w"),
        Code("stages know no Redis", InStages, @"\bStackExchange\b|\bRedis\w*\b"),
        Code("stages do not log", InStages, @"\bILogger\b|\bLoggerMessage\b"),
        Code("stages catch nothing", InStages, @"\bcatch\b"),
        Code("the bus knows no room above it", InBus, @"\bTradeOs\.(Stages|Host)\b"),
        Code("the bus knows no configuration and no console", InBus, @"\bIConfiguration\w*\b|\bConsole\b"),
        Code("the bus knows no trading", InBus, @"\b(Price|Symbol|Quantity|Side)\b"),
        Code("no Task.Run in the pipeline", InPipeline, @"\bTask\.(Run|Factory)\b"),
        Code("no async void", Everywhere, @"\basync\s+void\b"),

        // Suppressing says nothing about contexts: it waits for an end without asking how that came about.
        Code(
            "no ConfigureAwait", Everywhere,
            @"\bConfigureAwait\b(?!\s*\(\s*ConfigureAwaitOptions\s*\.\s*SuppressThrowing\s*\))"),
        Code("no #region", Everywhere, @"#\s*region\b"),
        Code("no type named for nothing", Everywhere, $@"\b(class|struct|record|interface|enum)\s+\w*({Endings})\b"),
        Code(
            "catch (Exception) without when stands in Program.cs only",
            file => !file.Path.EndsWith("/Program.cs", StringComparison.Ordinal),
            @"\bcatch\s*\(\s*(System\.)?Exception\b[^)]*\)(?!\s*when\b)|\bcatch\s*\{(?![^{}]*\bthrow;)"),
        new("no open ends", Everywhere, file => Matches(file, file.Text, "\\b(TO" + "DO|FIX" + "ME)\\b")),
        new("a reason behind every #pragma warning disable", Everywhere, file => Lines(
            file, line => Regex.IsMatch(line, @"^\s*#pragma\s+warning\s+disable(?!.*//\s*\S{3})"))),
        new("no line over 120 characters", Everywhere, file => Lines(file, line => line.Length > 120)),
        new(
            "no file over 300 lines", Everywhere,
            file => file.Lines.Length > 301 ? [$"{file.Path}: {file.Lines.Length - 1} lines"] : []),
        new("no method over 50 lines", Everywhere, LongMethods),
    ];

    private static bool Everywhere(SourceFile file) => true;

    private static bool InStages(SourceFile file) => file.IsIn("TradeOs.Stages");

    private static bool InBus(SourceFile file) => file.IsIn("TradeOs.Bus");

    private static bool InPipeline(SourceFile file) => InStages(file) || InBus(file) || file.IsIn("TradeOs.Host");

    private static TidyRule Code(string name, Func<SourceFile, bool> applies, string pattern) =>
        new(name, applies, file => Matches(file, file.Code, pattern));

    private static IEnumerable<string> Matches(SourceFile file, string text, string pattern) =>
        Regex.Matches(text, pattern).Select(match =>
            $"{file.Path}:{text.AsSpan(0, match.Index).Count('\n') + 1}: {match.Value.Trim()}");

    private static IEnumerable<string> Lines(SourceFile file, Func<string, bool> breaks) =>
        file.Lines.Index().Where(line => breaks(line.Item)).Select(line => $"{file.Path}:{line.Index + 1}");

    /// <summary>By indentation: the formatter puts the braces of a member alone on their lines, 4 or 8 blanks
    /// deep.</summary>
    private static IEnumerable<string> LongMethods(SourceFile file)
    {
        var lines = file.Code.Split('\n').Select(line => line.TrimEnd()).ToArray();
        for (var index = 1; index < lines.Length; index++)
        {
            if (lines[index] is not ("    {" or "        {") || IsType(lines[index - 1])) continue;
            var close = lines[index].Replace('{', '}');
            var end = Array.FindIndex(lines, index, line => line.StartsWith(close, StringComparison.Ordinal));
            if (end - index - 1 > 50) yield return $"{file.Path}:{index}: {end - index - 1} lines";
        }
    }

    private static bool IsType(string line) =>
        Regex.IsMatch(line, @"\b(class|struct|record|interface|enum)\s|^\s*:");
}
