using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>
/// Where people's text goes: the terminal's width and colours where there is one, plain lines elsewhere.
/// </summary>
internal static class Terminal
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Standard output, for what a verb was asked for.</summary>
    public static IAnsiConsole Out { get; } = Console(System.Console.Out, System.Console.IsOutputRedirected);

    /// <summary>Standard error, for logs and progress.</summary>
    public static IAnsiConsole Error { get; } = Console(System.Console.Error, System.Console.IsErrorRedirected);

    /// <summary>Whether a person watches standard error.</summary>
    public static bool IsWatched => !System.Console.IsErrorRedirected;

    /// <summary>Whether a person watches standard output.</summary>
    public static bool IsOutWatched => !System.Console.IsOutputRedirected;

    /// <summary>A message on standard error: coloured for a person, unbroken so that a command in it can be copied.
    /// </summary>
    public static void Say(string style, string mark, string message)
    {
        var shown = Shown(message);
        if (IsWatched) Error.Write(new UnbrokenLine($"[{style}]{Markup.Escape(mark)}[/] {Markup.Escape(shown)}"));
        else System.Console.Error.WriteLine($"{mark} {shown}");
    }

    /// <summary>Our messages name files and arguments, which strangers may have named; our line ends stay.</summary>
    internal static string Shown(string message) =>
        string.Join('\n', message.ReplaceLineEndings("\n").Split('\n').Select(EntryText.Show));

    /// <summary>One JSON object on standard output, for programs; never coloured or broken to a width.</summary>
    public static void WriteJson(object value) =>
        System.Console.Out.WriteLine(JsonSerializer.Serialize(value, Indented));

    /// <summary>A count as people read it: 1,234,567.</summary>
    public static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static IAnsiConsole Console(TextWriter writer, bool isRedirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isRedirected ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = isRedirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = isRedirected ? InteractionSupport.No : InteractionSupport.Detect,
        });
        // A pipe has no width; rows of a table must not be broken there.
        if (isRedirected) console.Profile.Width = 400;
        return console;
    }
}
