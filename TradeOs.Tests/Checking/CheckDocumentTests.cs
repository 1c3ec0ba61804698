using System.Text.RegularExpressions;
using NUnit.Framework;
using TradeOs.Host;
using TradeOs.Stages;

namespace TradeOs.Tests.Checking;

/// <summary>docs/CHECK.md explains every code, every code was found in a test, and the law names every stage and
/// refusal.</summary>
[TestFixture]
public sealed partial class CheckDocumentTests
{
    [Test]
    public void Document_ExplainsEveryCodeInItsOrderAndNoOther()
    {
        var explained = Row().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "CHECK.md")))
            .Select(row => row.Groups["code"].Value);

        Assert.That(explained, Is.EqualTo(CheckCodes.All));
    }

    [Test]
    public void Codes_AreAllListed() => Assert.That(
        typeof(CheckCodes).GetFields().Select(field => (string)field.GetRawConstantValue()!),
        Is.EquivalentTo(CheckCodes.All));

    [Test]
    public void Tests_FindEveryCodeAndNameNoOther()
    {
        var found = typeof(CheckDocumentTests).Assembly.GetTypes().SelectMany(type => type.GetMethods())
            .SelectMany(method => method.GetCustomAttributes(typeof(FindsAttribute), false))
            .SelectMany(finds => ((FindsAttribute)finds).Codes).Distinct();

        Assert.That(found, Is.EquivalentTo(CheckCodes.All));
    }

    [Test]
    public void Contracts_AreOfTheStagesInTheirOrder() => Assert.That(
        StageContract.All.Select(contract => contract.Stage),
        Is.EqualTo(Topology.Stages.Select(stage => stage.Name)));

    /// <summary>A code no stage may give would make every such refusal a finding.</summary>
    [Test]
    public void Contracts_KnowEveryRefusal() => Assert.That(
        StageContract.All.SelectMany(contract => contract.Codes),
        Is.SupersetOf(typeof(RejectionCodes).GetFields().Select(field => (string)field.GetRawConstantValue()!)));

    [GeneratedRegex(@"^\| `(?<code>[a-z-]+)` \| \S.* \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
