using System.Collections.Immutable;
using Spectre.Console;
using TradeOs.Bus;
using TradeOs.Stages;
using static TradeOs.Host.Terminal;

namespace TradeOs.Host;

/// <summary><c>tradeos trim plan</c>: what the next trim would take away, and what holds the rest.</summary>
internal static class TrimPlanVerb
{
    /// <summary>What the whole table takes; a narrow terminal is not told the bounds, which config show has.</summary>
    private const int Width = 118;

    /// <summary>Prints the plan; 1 when a stream has no room for a batch.</summary>
    public static async Task<int> RunAsync(Settings settings, bool json, CancellationToken cancellationToken)
    {
        using var look = await BusLook.OpenAsync(settings, cancellationToken);
        var limits = ArchiveReaders.Limits(settings);
        var snapshot = await RetentionSnapshot.TakeAsync(look.Control, limits);
        var plans = TrimPlan.Of(snapshot, limits, Topology.Streams);
        var (now, batch) = (TimeProvider.System.GetUtcNow(), settings.Pipeline.BatchCountMax);
        if (json)
            WriteJson(new { streams = plans.ToDictionary(plan => plan.Stream, plan => Json(plan, batch, now)) });
        else Write(Terminal.Out, plans, batch, now);
        return plans.Any(plan => plan.IsFullFor(batch)) ? ExitCode.Failed : ExitCode.Good;
    }

    private static void Write(IAnsiConsole console, ImmutableArray<TrimPlan> plans, int batch, DateTimeOffset now)
    {
        var isNarrow = console.Profile.Width < Width;
        var table = new Table().Border(TableBorder.Simple).AddColumn("stream", column => column.NoWrap());
        string[] bounds = ["MaxLength", "low-water"];
        foreach (var title in (string[])["entries", .. isNarrow ? [] : bounds, "next trim", "at most"])
            table.AddColumn(new TableColumn(title).RightAligned().NoWrap());
        table.AddColumn("held");
        foreach (var plan in plans)
        {
            bounds = [Number(plan.Limit.MaxLength), Number(plan.Limit.LowWaterMark)];
            table.AddRow(
            [
                plan.Stream, Number(plan.Length), .. isNarrow ? [] : bounds, Number(plan.Next), Number(plan.Most),
                Markup.Escape(Shown(HeldText(plan))),
            ]);
        }

        console.Write(table);
        foreach (var plan in plans.Where(plan => plan.IsFullFor(batch)))
        {
            console.MarkupLine(
                $"[red]![/] {plan.Stream} is full: a writer with {batch} entries waits for " +
                $"{Markup.Escape(Shown(plan.Holder!.Name))}.");
        }

        foreach (var plan in plans.Where(plan => plan.Most == 0 && plan.IsOverdue(now)))
        {
            console.MarkupLine(
                $"[yellow]![/] {plan.Stream} is kept longer than MaxAge or MaxBytes say, for " +
                $"{Markup.Escape(Shown(plan.Holder!.Name))}.");
        }
    }

    private static string HeldText(TrimPlan plan) => plan.Holder is { } holder
        ? $"{Number(plan.Unread)} by {holder.Name}, which is at {holder.Position}"
        : "";

    private static object Json(TrimPlan plan, int batch, DateTimeOffset now) => new
    {
        length = plan.Length,
        max_length = plan.Limit.MaxLength,
        low_water_mark = plan.Limit.LowWaterMark,
        bytes = plan.Bytes,
        next_trim = plan.Next,
        at_most = plan.Most,
        held = plan.Unread,
        held_beyond_low_water_mark = plan.Held,
        holder = plan.Holder?.Name,
        holder_position = plan.Holder?.Position.ToString(),
        full = plan.IsFullFor(batch),
        overdue = plan.IsOverdue(now),
    };
}
