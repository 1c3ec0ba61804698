using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using NUnit.Framework;
using TradeOs.Host;

namespace TradeOs.Tests.Containers;

/// <summary>Dockerfile names files, projects and verbs that exist, and leaves nothing out.</summary>
[TestFixture]
public sealed class DockerImageTests
{
    [Test]
    public void Sources_ExistAndReachTheBuild()
    {
        var let = File.ReadAllLines(Path.Combine(Repository.Root, ".dockerignore"));
        foreach (var source in DockerImage.Sources)
        {
            Assert.That(Path.Exists(Path.Combine(Repository.Root, source)), Is.True, source);
            Assert.That(let, Does.Contain("!" + source.Split('/')[0]), $"{source} is shut out by .dockerignore");
        }
    }

    [Test]
    public void Ignored_IsAllElse() => Assert.That(
        File.ReadAllLines(Path.Combine(Repository.Root, ".dockerignore")).Where(line => line.StartsWith('!')),
        Is.EquivalentTo(DockerImage.Sources.Select(source => "!" + source.Split('/')[0]).Distinct()));

    [Test]
    public void Projects_OfTheProgram_AreCopiedBeforeTheRestoreAndAfterIt()
    {
        foreach (var project in Closure("TradeOs.Host"))
        {
            Assert.That(DockerImage.Sources, Does.Contain($"{project}/{project}.csproj"));
            Assert.That(DockerImage.Sources, Does.Contain(project));
        }
    }

    /// <summary>A file that the build reads and the image lacks would change what is built.</summary>
    [Test]
    public void Properties_OfTheBuild_AreCopied() => Assert.That(
        Directory.GetFiles(Repository.Root, "Directory.*").Select(Path.GetFileName), Is.SubsetOf(DockerImage.Sources));

    [Test]
    public void Program_IsTheOneThatIsPublished()
    {
        var entry = Words(DockerImage.Last("ENTRYPOINT")).Single();

        Assert.That(entry, Is.EqualTo("/app/" + Property("TradeOs.Host", "AssemblyName")));
        Assert.That(DockerImage.Instructions, Has.One.Matches<(string Name, string Words)>(line =>
            line.Name == "RUN" && line.Words.Contains("dotnet publish TradeOs.Host ", StringComparison.Ordinal) &&
            line.Words.Contains("--self-contained", StringComparison.Ordinal) &&
            line.Words.Contains("--output /image/app ", StringComparison.Ordinal)));
    }

    [TestCase("CMD", "run")]
    [TestCase("HEALTHCHECK", "status")]
    public void Verb_IsOneOfTheProgram(string instruction, string verb)
    {
        var words = Words(Regex.Match(DockerImage.Last(instruction), @"\[.*\]").Value);

        Assert.That(words[^1], Is.EqualTo(verb));
        Assert.That(CommandLine.Root().Subcommands.Select(command => command.Name), Does.Contain(verb));
    }

    [Test]
    public void User_IsNotRoot() => Assert.That(DockerImage.Last("USER"), Does.Match("^[1-9][0-9]*:[1-9][0-9]*$"));

    [Test]
    public void Data_BelongsToTheUser()
    {
        var copy = $"--from=build --chown={DockerImage.Last("USER")} /image/data /data";

        Assert.That(DockerImage.Instructions, Has.Member(("COPY", copy)));
    }

    [TestCase("SDK_IMAGE")]
    [TestCase("RUNTIME_IMAGE")]
    public void Image_IsOfTheFrameworkThatIsBuiltFor(string argument)
    {
        var framework = XElement.Load(Path.Combine(Repository.Root, "Directory.Build.props"))
            .Descendants("TargetFramework").Single().Value;

        Assert.That("net" + DockerImage.Arguments[argument].Split(':')[^1], Is.EqualTo(framework));
    }

    private static IEnumerable<string> Closure(string project) =>
        Project(project).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(((string)reference.Attribute("Include")!)))
            .SelectMany(Closure).Append(project).Distinct();

    private static string Property(string project, string name) => Project(project).Descendants(name).Single().Value;

    private static XElement Project(string name) =>
        XElement.Load(Path.Combine(Repository.Root, name, name + ".csproj"));

    private static string[] Words(string list) => JsonSerializer.Deserialize<string[]>(list)!;
}
