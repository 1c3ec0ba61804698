using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Spectre.Console;
using TradeOs.Bus;
using TradeOs.Stages;
using static TradeOs.Host.Terminal;

namespace TradeOs.Host;

/// <summary>
/// Shows people how the run goes: a live table on a terminal, a whole line every ten seconds elsewhere.
/// </summary>
internal sealed partial class RunView(
    IReadOnlyList<LoopProgress> loops, IReadOnlyList<LoopProgress> archives, FeedProgress feed, OutageLog? outage,
    TimeProvider time, ILogger<RunView> logger)
    : BackgroundService
{
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(10);

    private readonly long _began = time.GetTimestamp();

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (Terminal.IsWatched) await ShowTableAsync(stoppingToken);
            else await WriteLinesAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The run is over.
        }
    }

    private Task ShowTableAsync(CancellationToken stoppingToken) =>
        Terminal.Error.Live(View()).AutoClear(true).StartAsync(async live =>
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                live.UpdateTarget(View());
                await Task.Delay(Frame, time, stoppingToken);
            }
        });

    private async Task WriteLinesAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await Task.Delay(LineEvery, time, stoppingToken);

            // An outage was said when it began; meanwhile nothing moves that could be told of.
            if (outage?.Current is not null) continue;
            var stages = string.Join(", ", Moving.Select(At));
            LogProgress(logger, feed.Rows, RowsPerSecond(), Pause(feed.Pause), stages, TradesClosed());
        }
    }

    /// <summary>Archives are many and do as the stages do: only one that stands still is shown.</summary>
    private IEnumerable<LoopProgress> Moving => loops.Concat(archives.Where(archive => archive.Trouble is not null));

    private Rows View()
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("stage", column => column.NoWrap());
        foreach (var title in (string[])["read", "written"])
            table.AddColumn(new TableColumn(title).RightAligned().NoWrap());
        table.AddColumn("");
        foreach (var loop in Moving)
        {
            var said = outage?.Current is null ? loop.Trouble ?? "" : "paused";
            var trouble = $"[yellow]{Markup.Escape(Shown(said))}[/]";
            table.AddRow(loop.Name, Number(loop.Count), Number(loop.Written), trouble);
        }

        var closed = new Markup($"trades closed [bold]{Number(TradesClosed())}[/]   Ctrl-C ends the run");
        return outage?.Current is { } away
            ? new Rows(FeedLine(), table, new Markup($"[yellow]Paused: {Markup.Escape(Shown(away.Reason))}[/]"), closed)
            : new Rows(FeedLine(), table, closed);
    }

    private Markup FeedLine()
    {
        var rate = $"{Number(feed.Rows)} rows  {Number(RowsPerSecond())} rows/s  refused {Number(feed.Refused)}";
        var where = Markup.Escape(Shown(feed.Current + Pause(feed.Pause)));
        if (feed.BytesTotal == 0) return new Markup($"feed  {rate}  {where}");
        const int width = 30;
        var share = Math.Clamp((double)feed.BytesRead / feed.BytesTotal, 0, 1);
        var done = (int)(share * width);
        var bar = $"[green]{new string('━', done)}[/][dim]{new string('━', width - done)}[/]";
        return new Markup($"feed  {bar} {share * 100,3:0} %  {rate}  {where}");
    }

    private static string Pause(FeedPause? pause) => pause is null ? "" : $" (waits for {pause.Text})";

    private long RowsPerSecond() =>
        (long)(feed.RowsOfRun / Math.Max(0.001, time.GetElapsedTime(_began).TotalSeconds));

    /// <summary>The last stage of the path reads one entry for each round trip that closed.</summary>
    private long TradesClosed() => loops.First(loop => loop.Name == Topology.Stages[^1].Name).Count;

    private static string At(LoopProgress loop) => loop.Trouble is { } trouble
        ? $"{loop.Name} {Number(loop.Count)} ({trouble})"
        : $"{loop.Name} {Number(loop.Count)}";

    [LoggerMessage(310, LogLevel.Information,
        "Fed {Rows} rows, {RowsPerSecond} rows/s{Pause}; read by {Stages}; trades closed {Trades}.")]
    private static partial void LogProgress(
        ILogger logger, long rows, long rowsPerSecond, string pause, string stages, long trades);
}
