using System.Text.Json;
using System.Text.RegularExpressions;
using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Host;
using TradeOs.Stages;

namespace TradeOs.Tests.Documents;

/// <summary>What the documents say is what the program does.</summary>
[TestFixture]
public sealed partial class DocumentTests
{
    private static readonly string[] Parts = ["from", "arrow", "reader", "to"];

    [Test]
    public void ArchitecturePicture_IsTheTopology()
    {
        var drawn = Arrow().Matches(Read("ARCHITECTURE.md"))
            .Select(match => string.Join(' ', Parts.Select(part => match.Groups[part].Value)))
            .ToList();

        var real = Topology.Readers.Select(reader =>
            $"{reader.Input} {ArrowOf(reader)} {reader.Name} {reader.Outputs[0]}");

        Assert.That(drawn, Is.EqualTo(real));
    }

    [Test]
    public void GuaranteesPage_HasARowForEveryFaultOfTheHarness()
    {
        var rows = Read("docs/GUARANTEES.md").Split("<!-- faults -->")[1].Split("\n## ")[0].Split('\n')
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1)
            .Select(line => string.Join(" | ", line.Split('|')[1..4].Select(cell => cell.Trim())));

        Assert.That(rows, Is.EqualTo(Chaos.Scenarios.All.Select(scenario =>
            $"{scenario.Name} | {scenario.Injected} | {scenario.Promise}")));
    }

    [Test]
    public void OptionsPage_NamesEveryKeyWithItsDefault()
    {
        var page = Read("docs/OPTIONS.md");
        var shipped = SettingsReader.Read(new SettingsSource(Path.Combine(Repository.Root, "appsettings.json"), []));

        foreach (var (section, options) in shipped.Sections)
        {
            foreach (var key in Sections.KeysOf(options.GetType()))
            {
                var value = ConfigVerb.Text(Sections.ValueOf(options, key));
                var cell = value.Length > 0 ? $"`{value}`" : "empty";
                Assert.That(page, Does.Contain($"| `{section}:{key}` | {cell} |"));
            }
        }

        foreach (var (stream, key) in StreamKeys(shipped))
        {
            var value = ConfigVerb.Text(Sections.ValueOf(shipped.Streams[stream], key));
            var cell = value.Length > 0 ? $"`{value}`" : "empty";
            Assert.That(page, Does.Contain($"| `Streams:{stream}:{key}` | {cell} |"));
        }
    }

    [Test]
    public void ShippedSettings_NameEveryKeyAndAreTheDefaults()
    {
        var file = JsonDocument.Parse(Read("appsettings.json")).RootElement;
        var shipped = SettingsReader.Read(new SettingsSource(Path.Combine(Repository.Root, "appsettings.json"), []));
        using var empty = new TemporaryDirectory();
        var none = Path.Combine(empty.Path, "appsettings.json");
        File.WriteAllText(none, "{}");
        var defaults = SettingsReader.Read(new SettingsSource(none, []));

        foreach (var ((section, options), (_, byDefault)) in shipped.Sections.Zip(defaults.Sections))
        {
            foreach (var key in Sections.KeysOf(options.GetType()))
            {
                var found = ConfigVerb.Text(Sections.ValueOf(options, key));
                var expected = ConfigVerb.Text(Sections.ValueOf(byDefault, key));
                Assert.That(Has(file, $"{section}:{key}"), Is.True, $"{section}:{key} is missing in appsettings.json");
                Assert.That(found, Is.EqualTo(expected), $"{section}:{key}");
            }
        }

        Assert.That(shipped.Streams.Keys, Is.EquivalentTo(Topology.Streams));
        foreach (var (stream, key) in StreamKeys(shipped))
        {
            var found = Sections.ValueOf(shipped.Streams[stream], key);
            Assert.That(found, Is.EqualTo(Sections.ValueOf(defaults.Streams[stream], key)), $"Streams:{stream}:{key}");
        }

        var usual = shipped.Streams[StreamNames.SignalsRaw].MaxLength;
        Assert.That(shipped.Streams[StreamNames.Fills].MaxLength, Is.GreaterThan(usual));
        Assert.That(shipped.Streams[StreamNames.TradeApproved].MaxLength, Is.GreaterThan(usual));
    }

    [Test]
    public void FilesNamedInTheDocuments_Exist()
    {
        foreach (var document in (string[])["README.md", "ARCHITECTURE.md"])
        {
            foreach (Match match in Named().Matches(Read(document)))
            {
                var name = match.Groups["path"].Value;
                var found = Directory
                    .EnumerateFiles(Repository.Root, Path.GetFileName(name), SearchOption.AllDirectories)
                    .Any(file => file.Replace('\\', '/').EndsWith("/" + name, StringComparison.Ordinal));
                Assert.That(found, Is.True, $"{document} names {name}");
            }
        }
    }

    private static IEnumerable<(string Stream, string Key)> StreamKeys(Settings settings) =>
        from stream in settings.Streams.Keys from key in Sections.KeysOf(typeof(StreamOptions)) select (stream, key);

    private static string ArrowOf(ReaderDefinition reader) =>
        reader.Input is null ? "" : reader.Mode == ReadMode.Group ? "=>" : "->";

    private static bool Has(JsonElement element, string key)
    {
        foreach (var part in key.Split(':'))
            if (!element.TryGetProperty(part, out element)) return false;
        return true;
    }

    private static string Read(string file) => File.ReadAllText(Path.Combine(Repository.Root, file));

    [GeneratedRegex(
        @"^(?<from>[a-z_.]*) *(?<arrow>->|=>)? +(?<reader>[a-z-]+) +-> (?<to>[a-z_.]+)$", RegexOptions.Multiline)]
    private static partial Regex Arrow();

    [GeneratedRegex(@"[`/(](?<path>[\w./-]*\w\.(cs|lua|md|json))[`)]")]
    private static partial Regex Named();
}
