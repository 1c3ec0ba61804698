using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Tests.Architecture;

/// <summary>The walls between the rooms, seen in what the compiler made: no text can talk around these.</summary>
[TestFixture]
public sealed class WallTests
{
    /// <remarks>
    /// Two things are let through because machines write them: the generator of the options' validators locks where it
    /// caches an attribute, and the compiler asks for the thread in every iterator. The rules "stages take no lock" and
    /// "stages do no I/O" see either when it is written by hand.
    /// </remarks>
    private const string NeverInStages =
        @"^System\.Threading\.(?!(CancellationToken|Monitor(\.(Enter|Exit))?)$)|^System\.(IO|Net)\.|^StackExchange\." +
        @"|^Microsoft\.Extensions\.Logging\.|^System\.(Console|Random|TimeProvider)$" +
        @"|^System\.Environment\.(?!get_CurrentManagedThreadId$)" +
        @"|^System\.Security\.Cryptography\.RandomNumberGenerator$" +
        @"|^System\.Diagnostics\.(Stopwatch|Process)$|^System\.(DateTime|DateTimeOffset)\.get_(Now|UtcNow|Today)$" +
        @"|^System\.Guid\.(NewGuid|CreateVersion7)$|^TradeOs\.Bus\.(Redis|Control|Data|Host)";

    private const string NeverInBus =
        @"^System\.Console$|^Microsoft\.Extensions\.Configuration\.|^TradeOs\.(Stages|Host)";

    [Test]
    public void Stages_UseNothingThatMakesThemDependOnTheMoment() =>
        Assert.That(Used(typeof(Topology).Assembly).Where(name => Regex.IsMatch(name, NeverInStages)), Is.Empty);

    /// <summary>All but one: a cache of strings whose answers do not depend on what it holds.</summary>
    [Test]
    public void Stages_KeepNothingInStaticsThatChange() =>
        Assert.That(Changing(typeof(Topology).Assembly.GetTypes()), Is.SubsetOf(new[] { "Words._slots" }));

    [Test]
    public void Bus_UsesNoConsoleAndNoConfiguration() =>
        Assert.That(Used(typeof(StageLoop).Assembly).Where(name => Regex.IsMatch(name, NeverInBus)), Is.Empty);

    /// <summary>The guard is seen to fail: this assembly does what the rooms must not.</summary>
    [TestCase("System.Console", NeverInBus)]
    [TestCase("System.Random", NeverInStages)]
    [TestCase("System.Guid.NewGuid", NeverInStages)]
    [TestCase("System.DateTime.get_UtcNow", NeverInStages)]
    [TestCase("System.Threading.Tasks.Task", NeverInStages)]
    [TestCase("System.IO.File", NeverInStages)]
    [TestCase("System.Environment.get_MachineName", NeverInStages)]
    [TestCase("System.Threading.Interlocked", NeverInStages)]
    [TestCase("System.Net.Sockets.Socket", NeverInStages)]
    [TestCase("TradeOs.Bus.RedisStreamBus", NeverInStages)]
    public void Guard_OnAnAssemblyThatUsesIt_Objects(string name, string pattern) =>
        Assert.That(Used(typeof(Offender).Assembly).Where(used => Regex.IsMatch(used, pattern)), Does.Contain(name));

    [Test]
    public void Guard_OnAStaticThatChanges_Objects() =>
        Assert.That(Changing([typeof(Offender)]), Is.EqualTo(new[] { "Offender.s_changes" }));

    [TestCase("TradeOs.Bus")]
    [TestCase("TradeOs.Stages", "TradeOs.Bus")]
    [TestCase("TradeOs.Host", "TradeOs.Stages", "TradeOs.Bus")]
    public void Project_ReferencesOnlyTheRoomsBelow(string project, params string[] allowed)
    {
        var found = Project(project).Descendants("ProjectReference")
            .Select(reference => ((string)reference.Attribute("Include")!).Replace('\\', '/'))
            .Select(Path.GetFileNameWithoutExtension);

        Assert.That(found, Is.SubsetOf(allowed));
    }

    /// <summary>The documentation file makes a public member without a summary an error (CS1591).</summary>
    [TestCase("TradeOs.Bus")]
    [TestCase("TradeOs.Stages")]
    public void Project_DemandsDocumentationOfWhatIsPublic(string project)
    {
        var settings = File.ReadAllText(Path.Combine(Repository.Root, "Directory.Build.props"))
            + File.ReadAllText(Path.Combine(Repository.Root, ".editorconfig")) + Project(project);

        Assert.That((string?)Project(project).Descendants("GenerateDocumentationFile").Single(), Is.EqualTo("true"));
        Assert.That(settings, Does.Contain("<TreatWarningsAsErrors>true</TreatWarningsAsErrors>"));
        Assert.That(settings, Does.Not.Contain("1591"));
    }

    private static XElement Project(string name) =>
        XElement.Load(Path.Combine(Repository.Root, name, name + ".csproj"));

    /// <summary>Full names of the foreign types and members an assembly refers to.</summary>
    private static List<string> Used(Assembly assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly.Location));
        var reader = file.GetMetadataReader();
        var types = reader.TypeReferences.ToDictionary(handle => handle, handle => NameOf(reader, handle));
        var members = reader.MemberReferences.Select(reader.GetMemberReference)
            .Where(member => member.Parent.Kind == HandleKind.TypeReference)
            .Select(member => $"{types[(TypeReferenceHandle)member.Parent]}.{reader.GetString(member.Name)}");
        return [.. types.Values, .. members];
    }

    private static string NameOf(MetadataReader reader, TypeReferenceHandle handle)
    {
        var type = reader.GetTypeReference(handle);
        return type.ResolutionScope.Kind == HandleKind.TypeReference
            ? $"{NameOf(reader, (TypeReferenceHandle)type.ResolutionScope)}.{reader.GetString(type.Name)}"
            : $"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}";
    }

    private const BindingFlags Statics =
        BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static IEnumerable<string> Changing(IEnumerable<Type> types) =>
        from type in types
        where !type.Name.Contains('<', StringComparison.Ordinal)
        from field in type.GetFields(Statics)
        where !field.IsInitOnly && !field.IsLiteral && !field.Name.Contains('<', StringComparison.Ordinal)
        select $"{type.Name}.{field.Name}";

    /// <summary>Uses what the rooms must not, so that the guards have something to object to.</summary>
    private static class Offender
    {
        private static long s_changes;

        public static void Offend()
        {
            s_changes = DateTime.UtcNow.Ticks + Guid.NewGuid().GetHashCode();
            Console.WriteLine(s_changes);
        }
    }
}
