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
    [Test]
    public void ArchitecturePicture_IsTheTopology()
    {
        var drawn = Arrow().Matches(Read("ARCHITECTURE.md"))
            .Select(match => (From: match.Groups["from"].Value, Arrow: match.Groups["arrow"].Value, Reader: match.Groups["reader"].Value, To: match.Groups["to"].Value))
            .ToList();

        var real = Topology.Readers.Select(reader =>
            (From: reader.Input ?? "", Arrow: reader.Input is null ? "" : reader.Mode == ReadMode.Group ? "=>" : "->", Reader: reader.Name, To: reader.Outputs[0]));

        Assert.That(drawn, Is.EqualTo(real));
    }

    [Test]
    public void OptionsPage_NamesEveryKeyWithItsDefault()
    {
        var page = Read("docs/OPTIONS.md");
        var shipped = SettingsReader.Read(new SettingsSource(Path.Combine(Root(), "appsettings.json"), []));

        foreach (var (section, options) in shipped.Sections)
        {
            foreach (var key in Sections.KeysOf(options.GetType()))
            {
                var value = ConfigVerb.Text(Sections.ValueOf(options, key));
                Assert.That(page, Does.Contain($"| `{section}:{key}` | {(value.Length > 0 ? $"`{value}`" : "empty")} |"));
            }
        }
    }

    [Test]
    public void ShippedSettings_NameEveryKeyAndAreTheDefaults()
    {
        var file = JsonDocument.Parse(Read("appsettings.json")).RootElement;
        var shipped = SettingsReader.Read(new SettingsSource(Path.Combine(Root(), "appsettings.json"), []));
        using var empty = new TemporaryDirectory();
        var none = Path.Combine(empty.Path, "appsettings.json");
        File.WriteAllText(none, "{}");
        var defaults = SettingsReader.Read(new SettingsSource(none, []));

        foreach (var ((section, options), (_, byDefault)) in shipped.Sections.Zip(defaults.Sections))
        {
            foreach (var key in Sections.KeysOf(options.GetType()))
            {
                Assert.That(Has(file, $"{section}:{key}"), Is.True, $"{section}:{key} is missing in appsettings.json");
                Assert.That(
                    ConfigVerb.Text(Sections.ValueOf(options, key)), Is.EqualTo(ConfigVerb.Text(Sections.ValueOf(byDefault, key))), $"{section}:{key}");
            }
        }

        Assert.That(shipped.Streams.Keys, Is.EquivalentTo(Topology.Streams));
        foreach (var stream in Topology.Streams)
            Assert.That(shipped.Streams[stream].MaxLength, Is.EqualTo(defaults.Streams[stream].MaxLength), stream);
        Assert.That(shipped.Streams[StreamNames.Fills].MaxLength, Is.GreaterThan(shipped.Streams[StreamNames.SignalsRaw].MaxLength));
        Assert.That(shipped.Streams[StreamNames.TradeApproved].MaxLength, Is.GreaterThan(shipped.Streams[StreamNames.SignalsRaw].MaxLength));
    }

    [Test]
    public void FilesNamedInTheDocuments_Exist()
    {
        foreach (var document in (string[])["README.md", "ARCHITECTURE.md"])
        {
            foreach (Match match in Named().Matches(Read(document)))
            {
                var name = match.Groups["path"].Value;
                var found = Directory.EnumerateFiles(Root(), Path.GetFileName(name), SearchOption.AllDirectories)
                    .Any(file => file.Replace('\\', '/').EndsWith("/" + name, StringComparison.Ordinal));
                Assert.That(found, Is.True, $"{document} names {name}");
            }
        }
    }

    private static bool Has(JsonElement element, string key)
    {
        foreach (var part in key.Split(':'))
            if (!element.TryGetProperty(part, out element)) return false;
        return true;
    }

    private static string Read(string file) => File.ReadAllText(Path.Combine(Root(), file));

    private static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory!.FullName, "TradeOs.sln"))) directory = directory.Parent;
        return directory.FullName;
    }

    [GeneratedRegex(@"^(?<from>[a-z_.]*) *(?<arrow>->|=>)? +(?<reader>[a-z-]+) +-> (?<to>[a-z_.]+)$", RegexOptions.Multiline)]
    private static partial Regex Arrow();

    [GeneratedRegex(@"[`/(](?<path>[\w./-]*\w\.(cs|lua|md|json))[`)]")]
    private static partial Regex Named();
}
