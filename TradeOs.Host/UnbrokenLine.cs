using Spectre.Console;
using Spectre.Console.Rendering;

namespace TradeOs.Host;

/// <summary>
/// Markup that is never broken to a console's width: the terminal folds it, so a command in it is copied whole.
/// </summary>
internal sealed class UnbrokenLine(string markup) : IRenderable
{
    /// <summary>More than any message has.</summary>
    private const int WidthMax = 1_000_000;

    /// <summary>It takes what there is.</summary>
    public Measurement Measure(RenderOptions options, int maxWidth) => new(maxWidth, maxWidth);

    /// <summary>The line, and the end of it.</summary>
    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        IRenderable line = new Markup(markup);
        return [.. line.Render(options, WidthMax), Segment.LineBreak];
    }
}
