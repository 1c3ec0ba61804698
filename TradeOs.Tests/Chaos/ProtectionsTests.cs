using NUnit.Framework;

namespace TradeOs.Tests.Chaos;

/// <summary>What takes a protection out must fit the sources as they are; a control finds that out a build and many
/// minutes later.</summary>
[TestFixture]
public sealed class ProtectionsTests
{
    private static IEnumerable<string> Names => Protections.All.Keys;

    [TestCaseSource(nameof(Names))]
    public void Edits_OfAProtection_FitTheSources(string protection)
    {
        var edits = Protections.All[protection];

        Assert.That(edits, Is.Not.Empty);
        foreach (var edit in edits)
        {
            var source = File.ReadAllText(Path.Combine(Repository.Root, edit.File));
            Assert.That(edit.AppliedTo(source), Is.Not.EqualTo(source), edit.File);
        }
    }
}
