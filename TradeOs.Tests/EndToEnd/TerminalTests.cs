using System.Collections.Immutable;
using NUnit.Framework;
using Spectre.Console;
using TradeOs.Bus;
using TradeOs.Host;
using TradeOs.Stages;

namespace TradeOs.Tests.EndToEnd;

/// <summary>What a terminal of a certain width shows.</summary>
[TestFixture]
public sealed class TerminalTests
{
    [Test]
    public void UnbrokenLine_LongerThanTheTerminal_KeepsACommandWhole()
    {
        var command = "zcat " + new string('x', 50) + " | jq -c '.data | select(.e==\"trade\")' > trades.ndjson";

        var shown = Written(40, new UnbrokenLine($"[red]tradeos:[/] {Markup.Escape("[a] " + command)}"));

        Assert.That(shown, Is.EqualTo($"tradeos: [a] {command}\n"));
    }

    [Test]
    public void Shown_OfAMessage_KeepsItsLinesAndWritesControlCharactersOut() =>
        Assert.That(Terminal.Shown("a\r\nb \u001b[31m\u202e 数量"), Is.EqualTo("a\nb \\u{1b}[31m\\u{202e} 数量"));

    [TestCase(80, false)]
    [TestCase(120, true)]
    public void StatusReaders_CountsOfMillions_StandInOneRowEach(int width, bool isWide)
    {
        var position = EntryId.Parse("1795382830756-12");
        var lines = Topology.Readers.Select(reader => new ReaderLine(
            reader.Name, reader.Input, new Checkpoint(position, 1_234_567, 1_234_567, 1_234_567), 99_999));
        var status = new StatusReport(
            new PipelineReport([.. lines], [], []), "vm:1", ImmutableSortedDictionary<string, long>.Empty,
            new OpenLetters(0, true), new ControlReport("", ControlFlag.None, []), null, []);

        var rows = Written(width, StatusVerb.ReadersTable(status, width)).Split('\n');

        Assert.That(rows.Select(row => row.Length), Is.All.LessThanOrEqualTo(width));
        Assert.That(
            rows.Count(row => row.Contains("1,234,567")), Is.EqualTo(Topology.Readers.Length),
            string.Join('\n', rows));
        Assert.That(rows.Any(row => row.Contains("position")), Is.EqualTo(isWide));
    }

    private static string Written(int width, Spectre.Console.Rendering.IRenderable content)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = width;
        console.Write(content);
        return writer.ToString();
    }
}
