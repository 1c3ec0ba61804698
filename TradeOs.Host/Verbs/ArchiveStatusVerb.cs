using Spectre.Console;
using TradeOs.Bus;
using TradeOs.Stages;
using static TradeOs.Host.Terminal;

namespace TradeOs.Host;

/// <summary><c>tradeos archive status</c>: what is archived of each stream, and how far it is behind.</summary>
internal static class ArchiveStatusVerb
{
    /// <summary>Prints it; 1 when an archive cannot be read, 2 when Redis cannot be asked how far they are
    /// behind.</summary>
    public static async Task<int> RunAsync(Settings settings, bool json, CancellationToken cancellationToken)
    {
        var (look, absence) = await ArchiveLook.TryOpenAsync(settings, cancellationToken);
        using var asked = look;
        var (lines, findings) = (new List<ArchiveStatus>(), new List<string>());
        foreach (var stream in Topology.Streams)
        {
            try
            {
                lines.Add(await ArchiveStatus.ReadAsync(settings, stream, look, cancellationToken));
            }
            catch (Exception failure) when (
                failure is StreamDamagedException or IOException or UnauthorizedAccessException)
            {
                findings.Add(failure.Message);
            }
        }

        if (json) WriteJson(Json(settings, lines, findings, absence));
        else Write(settings, lines);
        foreach (var finding in findings) Say("red", "tradeos:", finding);
        if (absence is not null) Say("yellow", "tradeos:", $"How far they are behind is not known: {absence}");
        return findings.Count > 0 ? ExitCode.Failed : absence is null ? ExitCode.Good : ExitCode.Usage;
    }

    private static void Write(Settings settings, List<ArchiveStatus> lines)
    {
        var folder = Path.Combine(settings.DataDirectory, "archive");
        Terminal.Out.Write(new UnbrokenLine($"Archive in {Markup.Escape(Shown(folder))}"));
        var table = new Table().Border(TableBorder.Simple).AddColumn("stream", column => column.NoWrap());
        foreach (var title in (string[])["first", "last", "entries", "segments", "bytes", "behind"])
            table.AddColumn(new TableColumn(title).RightAligned().NoWrap());
        foreach (var line in lines)
        {
            var (first, last) = line.Entries == 0 ? ("", "") : ($"{line.First}", $"{line.Last}");
            var behind = line.Lag is { } lag ? Number(lag) : line.IsOn ? "?" : "off";
            table.AddRow(
                line.Stream, first, last, Number(line.Entries), Number(line.Segments), Number(line.Bytes), behind);
        }

        Terminal.Out.Write(table);
    }

    private static object Json(
        Settings settings, List<ArchiveStatus> lines, List<string> findings, string? absence) => new
        {
            directory = Path.Combine(settings.DataDirectory, "archive"),
            reachable = absence is null,
            findings = absence is null ? findings : [.. findings, absence],
            streams = lines.ToDictionary(line => line.Stream, line => new
            {
                archived = line.IsOn,
                first = line.Entries == 0 ? null : line.First.ToString(),
                last = line.Entries == 0 ? null : line.Last.ToString(),
                entries = line.Entries,
                segments = line.Segments,
                bytes = line.Bytes,
                lag = line.Lag,
            }),
        };
}
