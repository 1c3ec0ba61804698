using Spectre.Console;

namespace TradeOs.Host;

/// <summary>
/// Where people's text goes: the terminal's width and colours where there is one, plain lines elsewhere.
/// </summary>
internal static class Terminal
{
    /// <summary>Standard output, for what a verb was asked for.</summary>
    public static IAnsiConsole Out { get; } = Console(System.Console.Out, System.Console.IsOutputRedirected);

    /// <summary>Standard error, for logs and progress.</summary>
    public static IAnsiConsole Error { get; } = Console(System.Console.Error, System.Console.IsErrorRedirected);

    /// <summary>Whether a person watches standard error.</summary>
    public static bool IsWatched => !System.Console.IsErrorRedirected;

    /// <summary>Whether a person watches standard output.</summary>
    public static bool IsOutWatched => !System.Console.IsOutputRedirected;

    /// <summary>A message on standard error: coloured for a person, one unbroken line in a pipe.</summary>
    public static void Say(string style, string mark, string message)
    {
        if (IsWatched) Error.MarkupLine($"[{style}]{Markup.Escape(mark)}[/] {Markup.Escape(message)}");
        else System.Console.Error.WriteLine($"{mark} {message}");
    }

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
