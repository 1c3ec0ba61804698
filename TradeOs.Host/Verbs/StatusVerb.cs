using Spectre.Console;
using TradeOs.Bus;
using TradeOs.Stages;
using static TradeOs.Host.Terminal;

namespace TradeOs.Host;

/// <summary><c>tradeos status</c>: depth, lag, pending, who is behind, and whether that is all right.</summary>
internal static class StatusVerb
{
    /// <summary>What the table of readers takes with counts of millions.</summary>
    private const int ReadersWidth = 118;

    /// <summary>Prints the status; 1 when the pipeline is degraded.</summary>
    public static async Task<int> RunAsync(
        Settings settings, bool watch, bool json, CancellationToken cancellationToken)
    {
        try
        {
            using var look = await BusLook.OpenAsync(settings, cancellationToken);
            var status = await StatusReport.ReadAsync(look, settings, cancellationToken);
            if (json) WriteJson(Json(settings, status));
            else if (watch && Terminal.IsOutWatched) await WatchAsync(look, settings, cancellationToken);
            else Write(Terminal.Out, settings, status);
            return status.Findings.IsEmpty ? ExitCode.Good : ExitCode.Failed;
        }
        catch (Exception failure) when (failure is BusUnavailableException or RefusedException)
        {
            // A program that watches needs an object, too, when there is nothing to look at.
            var note = new StandstillFile(settings.DataDirectory).Read();
            if (json) WriteJson(JsonOfAbsence(settings, failure.Message, note));
            foreach (var sentence in note?.Sentences() ?? []) Say("yellow", "tradeos:", sentence);
            throw;
        }
    }

    private static async Task WatchAsync(BusLook look, Settings settings, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await ShowAsync(look, settings, cancellationToken);
                await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Ctrl-C is how watching ends.
        }
    }

    /// <summary>A server that is away is part of what a watcher wants to see.</summary>
    private static async Task ShowAsync(BusLook look, Settings settings, CancellationToken cancellationToken)
    {
        try
        {
            var status = await StatusReport.ReadAsync(look, settings, cancellationToken);
            Terminal.Out.Clear();
            Write(Terminal.Out, settings, status);
        }
        catch (BusUnavailableException)
        {
            Terminal.Out.Clear();
            var endpoint = Markup.Escape(settings.Redis.Endpoint);
            Terminal.Out.MarkupLine($"[red]Redis at {endpoint} is away; looking again.[/]");
        }
    }

    private static void Write(IAnsiConsole console, Settings settings, StatusReport status)
    {
        var host = status.Host is null ? "[red]none[/]" : Markup.Escape(Shown(status.Host));
        console.MarkupLine($"Redis {Markup.Escape(settings.Redis.Endpoint)}   host {host}");
        console.Write(ReadersTable(status, console.Profile.Width));
        console.Write(StreamsTable(settings, status));
        if (status.Letters is { Count: > 0 } letters)
        {
            var least = letters.IsAll ? "" : "at least ";
            console.MarkupLine($"Dead letters open: [yellow]{least}{Number(letters.Count)}[/]   (tradeos dead list)");
        }

        if (status.Control.Flag is { Number: > 0 } flag)
            console.MarkupLine($"Trading: [yellow]{Markup.Escape(Shown(flag.ForPeople))}[/]");
        foreach (var finding in status.Findings) console.MarkupLine($"[red]![/] {Markup.Escape(Shown(finding))}");
        if (!status.Findings.IsEmpty) return;
        var word = status.Control.Flag is { Mode: not TradingMode.Normal } held
            ? $"Healthy; trading is {held.Word}."
            : "Healthy.";
        console.MarkupLine($"[green]{word}[/]");
    }

    /// <summary>A narrow terminal is not told what a reader reads and where it is: better left out than
    /// folded.</summary>
    internal static Table ReadersTable(StatusReport status, int width)
    {
        var isNarrow = width < ReadersWidth;
        var table = new Table().Border(TableBorder.Simple).AddColumn("reader", NoWrap);
        if (!isNarrow) table.AddColumn("reads", NoWrap);
        foreach (var title in (string[])["read", "behind", "pending", "written", "silent"])
            table.AddColumn(new TableColumn(title).RightAligned().NoWrap());
        if (!isNarrow) table.AddColumn("position", NoWrap);
        foreach (var line in status.Pipeline.Readers)
        {
            var pending = status.Pending.TryGetValue(line.Reader, out var count) ? Number(count) : "";
            var behind = line.Lag > 0 ? $"[yellow]{Number(line.Lag)}[/]" : "0";
            var (at, input) = (line.Checkpoint, line.Input ?? "");
            string[] numbers = [Number(at.Count), behind, pending, Number(at.Written), Number(at.Silent)];
            table.AddRow(isNarrow ? [line.Reader, .. numbers] : [line.Reader, input, .. numbers, $"{at.Position}"]);
        }

        return table;
    }

    private static Table StreamsTable(Settings settings, StatusReport status)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("stream", NoWrap);
        foreach (var title in (string[])["entries", "MaxLength", "ever written", "to archive"])
            table.AddColumn(new TableColumn(title).RightAligned().NoWrap());
        foreach (var (stream, report) in status.Pipeline.Streams)
        {
            var lengthMax = settings.Streams[stream].MaxLength;
            var archive = status.Pipeline.Archives.FirstOrDefault(line => line.Input == stream);
            table.AddRow(
                stream, Number(report.Length), Number(lengthMax), Number(report.Added),
                archive is null ? "off" : Number(archive.Lag));
        }

        return table;
    }

    private static object JsonOfAbsence(Settings settings, string error, StandstillNote? note) => new
    {
        endpoint = settings.Redis.Endpoint,
        reachable = false,
        healthy = false,
        host = (string?)null,
        standstill = JsonOf(note),
        findings = (string[])[error, .. note?.Sentences() ?? []],
        readers = new object(),
        streams = new object(),
    };

    private static object Json(Settings settings, StatusReport status) => new
    {
        endpoint = settings.Redis.Endpoint,
        reachable = true,
        healthy = status.Findings.IsEmpty,
        host = status.Host,
        standstill = JsonOf(status.Standstill),
        findings = status.Findings,
        trading = new
        {
            mode = status.Control.Flag?.Word,
            number = status.Control.Flag?.Number,
            since = status.Control.Flag is { Number: > 0 } flag ? flag.SinceText : null,
            reason = status.Control.Flag?.Reason,
            obeyed = status.Control.Stages.ToDictionary(stage => stage.Stage, status.Control.IsObeyedBy),
        },
        dead_letters = new { open = status.Letters.Count, is_all = status.Letters.IsAll },
        readers = status.Pipeline.Readers.ToDictionary(line => line.Reader, line => new
        {
            input = line.Input,
            read = line.Checkpoint.Count,
            lag = line.Lag,
            pending = status.Pending.GetValueOrDefault(line.Reader),
            written = line.Checkpoint.Written,
            silent = line.Checkpoint.Silent,
            position = line.Checkpoint.Position.ToString(),
        }),
        streams = status.Pipeline.Streams.ToDictionary(line => line.Stream, line => new
        {
            length = line.Report.Length,
            added = line.Report.Added,
            archive_lag = status.Pipeline.Archives.FirstOrDefault(archive => archive.Input == line.Stream)?.Lag,
        }),
    };

    private static object? JsonOf(StandstillNote? note) => note is null ? null : new
    {
        host = note.Host,
        lives = note.IsOfLiving,
        paused = note.Paused is { } paused ? new { since = paused.Since, reason = paused.Reason } : null,
        waiting = note.Waiting.Select(wait => new
        {
            reader = wait.Reader, room = wait.Room, cause = wait.Cause, since = wait.Since,
        }),
    };

    private static void NoWrap(TableColumn column) => column.NoWrap();
}
