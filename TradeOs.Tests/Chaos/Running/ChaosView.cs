using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace TradeOs.Tests.Chaos;

/// <summary>What a person sees of a run: a live table on a terminal, a line for everything elsewhere.</summary>
internal sealed class ChaosView(IAnsiConsole console)
{
    private const int LinesShown = 6;

    private readonly Queue<string> _last = new();
    private readonly Lock _lock = new();
    private readonly long _started = TimeProvider.System.GetTimestamp();
    private string _now = "";

    private bool IsLive => console.Profile.Capabilities.Interactive && console.Profile.Capabilities.Ansi;

    /// <summary>Runs <paramref name="work"/> and shows it.</summary>
    public async Task<T> ShowAsync<T>(IReadOnlyList<ChaosLine> lines, TimeSpan? time, Func<Task<T>> work)
    {
        if (!IsLive) return await work();
        return await console.Live(Table(lines, time)).AutoClear(true).Overflow(VerticalOverflow.Crop).StartAsync(
            async live =>
            {
                var working = work();
                while (await Task.WhenAny(working, Task.Delay(250)) != working) live.UpdateTarget(Table(lines, time));
                return await working;
            });
    }

    /// <summary>A round begins.</summary>
    public void Begin(ChaosLine line, string round)
    {
        lock (_lock) _now = $"{line.Scenario}: {round}";
        Say($"{line.Scenario}, {round}");
    }

    /// <summary>A round ended.</summary>
    public void End(ChaosLine line) => Say(
        $"{line.Scenario}: {line.Verdict}, {line.Rounds} rounds, {line.Hits} hits so far");

    /// <summary>A line worth knowing.</summary>
    public void Say(string text)
    {
        lock (_lock)
        {
            _last.Enqueue(text);
            if (_last.Count > LinesShown) _last.Dequeue();
            var elapsed = TimeProvider.System.GetElapsedTime(_started).ToString("mm\\:ss", CultureInfo.InvariantCulture);
            if (!IsLive) console.Profile.Out.Writer.WriteLine($"{elapsed} {text}");
        }
    }

    private Rows Table(IReadOnlyList<ChaosLine> lines, TimeSpan? time)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("scenario").AddColumn("rounds").AddColumn("hits")
            .AddColumn("result");
        foreach (var line in lines.Where(line => line.Rounds > 0 || line.Control is not null))
        {
            var colour = line.Broken.Count > 0 ? "red" : line.Verdict == "kept" ? "green" : "yellow";
            table.AddRow(
                line.Scenario.Name, line.Rounds.ToString(CultureInfo.InvariantCulture),
                line.Hits.ToString(CultureInfo.InvariantCulture), $"[{colour}]{line.Verdict}[/]");
        }

        lock (_lock)
        {
            var elapsed = TimeProvider.System.GetElapsedTime(_started);
            var of = time is { } whole ? $" of {whole.TotalMinutes:0} minutes" : "";
            var width = Math.Max(20, console.Profile.Width - 1);
            List<IRenderable> rows =
                [table, new Text($"{elapsed:mm\\:ss}{of}   {lines.Count(line => line.Rounds > 0)} of {lines.Count} scenarios   {_now}")];
            rows.AddRange(_last.Select(text => new Text(Cut(text, width), new Style(Color.Grey))));
            return new Rows(rows);
        }
    }

    private static string Cut(string text, int width)
    {
        var line = text.Split('\n')[0];
        return line.Length > width ? line[..width] : line;
    }
}
