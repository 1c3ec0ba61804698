using System.Text;
using System.Text.Json;
using Spectre.Console;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>
/// <c>tradeos tail STREAM</c>: the last entries of a stream, and with <c>-f</c> what comes after them.
/// </summary>
internal static class TailVerb
{
    private const int PageCount = 1000;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    /// <summary>Prints entries, oldest first, until the end or, following, until the token ends it.</summary>
    public static async Task<int> RunAsync(
        Settings settings, string stream, int count, bool follow, bool json, CancellationToken cancellationToken)
    {
        if (!Topology.Streams.Contains(stream))
        {
            var streams = string.Join(", ", Topology.Streams);
            Terminal.Error.WriteLine($"'{stream}' is not a stream; expected one of {streams}.");
            return ExitCode.Usage;
        }

        using var look = await BusLook.OpenAsync(settings, cancellationToken);
        var after = EntryId.Zero;
        foreach (var entry in await look.LastAsync(stream, count)) after = Print(entry, json);
        try
        {
            while (follow)
            {
                await Task.Delay(Look, TimeProvider.System, cancellationToken);
                foreach (var entry in await look.Bus.RangeAsync(stream, after, PageCount, cancellationToken))
                    after = Print(entry, json);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Ctrl-C is how following ends.
        }

        return ExitCode.Good;
    }

    private static EntryId Print(Entry entry, bool json)
    {
        if (json) Console.Out.WriteLine(Json(entry));
        else Terminal.Out.MarkupLine(Line(entry));
        return entry.Id;
    }

    private static string Line(Entry entry)
    {
        var line = new StringBuilder($"[yellow]{entry.Id}[/]");
        foreach (var field in entry.Fields)
            line.Append($" [dim]{Markup.Escape(Text(field.Name))}[/]={Markup.Escape(Text(field.Value))}");
        return line.ToString();
    }

    /// <summary>An array of pairs keeps the order and repeated names, which an object would lose.</summary>
    private static string Json(Entry entry)
    {
        var fields = new List<string[]>();
        foreach (var field in entry.Fields) fields.Add([Text(field.Name), Text(field.Value)]);
        return JsonSerializer.Serialize(new { id = entry.Id.ToString(), fields });
    }

    /// <summary>Control characters would move the reader's cursor; they show as a dot.</summary>
    private static string Text(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        return text.Any(char.IsControl) ? string.Concat(text.Select(mark => char.IsControl(mark) ? '·' : mark)) : text;
    }
}
