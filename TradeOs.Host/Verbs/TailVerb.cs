using System.Text;
using System.Text.Json;
using Spectre.Console;
using TradeOs.Bus;
using TradeOs.Stages;
using static TradeOs.Host.Terminal;

namespace TradeOs.Host;

/// <summary>
/// <c>tradeos tail STREAM</c>: the last entries of a stream, and with <c>-f</c> what comes after them.
/// </summary>
internal static class TailVerb
{
    /// <summary>Most fields of an entry, and most characters of each, a person is shown; <c>--json</c> gives
    /// all.</summary>
    private const int FieldsShownMax = 50;

    private const int LengthShownMax = 400;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    /// <summary>Prints entries, oldest first, until the end or, following, until the token ends it.</summary>
    public static async Task<int> RunAsync(
        Settings settings, string stream, int count, bool follow, bool json, CancellationToken cancellationToken)
    {
        if (!Topology.Streams.Contains(stream))
        {
            var streams = string.Join(", ", Topology.Streams);
            Say("red", "tradeos:", $"'{stream}' is not a stream, expected one of {streams}.");
            return ExitCode.Usage;
        }

        using var look = await BusLook.OpenAsync(settings, cancellationToken);
        var history = look.History(settings);
        var after = EntryId.Zero;
        foreach (var entry in await LastAsync(look, history, stream, count)) after = Print(entry, json);
        try
        {
            while (follow)
            {
                await Task.Delay(Look, TimeProvider.System, cancellationToken);
                await foreach (var entry in history.EntriesAsync(stream, after, EntryId.Max, cancellationToken))
                    after = Print(entry, json);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Ctrl-C is how following ends.
        }

        return ExitCode.Good;
    }

    /// <summary>What the stream does not hold any more comes from the archive.</summary>
    private static async Task<IEnumerable<Entry>> LastAsync(
        BusLook look, StreamHistory history, string stream, int count)
    {
        var held = await look.LastAsync(stream, count);
        if (held.Count == count) return held;
        var before = held.Count > 0 ? held[0].Id : EntryId.Max;
        return [.. await history.BeforeAsync(stream, before, count - held.Count), .. held];
    }

    private static EntryId Print(Entry entry, bool json)
    {
        if (json) Console.Out.WriteLine(Json(entry));
        else if (IsOutWatched) Terminal.Out.Write(new UnbrokenLine(Line(entry)));
        else Console.Out.WriteLine(Markup.Remove(Line(entry)));
        return entry.Id;
    }

    /// <summary>Whatever other programs wrote, it is one line that moves no cursor.</summary>
    private static string Line(Entry entry)
    {
        var line = new StringBuilder($"[yellow]{entry.Id}[/]");
        var left = FieldsShownMax;
        foreach (var field in entry.Fields)
        {
            if (left-- == 0) break;
            line.Append($" [dim]{Shown(field.Name)}[/]={Shown(field.Value)}");
        }

        if (left < 0) line.Append($" [dim]... {Number(entry.Fields.Count - FieldsShownMax)} more fields[/]");
        return line.ToString();
    }

    private static string Shown(ReadOnlySpan<byte> bytes) => Markup.Escape(EntryText.Show(bytes, LengthShownMax));

    /// <summary>An array of pairs keeps the order and repeated names, which an object would lose.</summary>
    private static string Json(Entry entry)
    {
        var fields = new List<string[]>();
        foreach (var field in entry.Fields)
            fields.Add([Encoding.UTF8.GetString(field.Name), Encoding.UTF8.GetString(field.Value)]);
        return JsonSerializer.Serialize(new { id = entry.Id.ToString(), fields });
    }
}
