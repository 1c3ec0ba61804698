using System.Text.RegularExpressions;
using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Host;

namespace TradeOs.Tests.Doctor;

/// <summary>docs/DOCTOR.md explains every code, and every code was seen in a test.</summary>
[TestFixture]
public sealed partial class DoctorDocumentTests
{
    [Test]
    public void Document_ExplainsEveryCheckInItsOrderAndNoOther()
    {
        var explained = Row().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "DOCTOR.md")))
            .Select(row => (row.Groups["code"].Value, row.Groups["severity"].Value));

        Assert.That(
            explained, Is.EqualTo(Checks.All.Select(check => (check.Code, DoctorText.Word(check)))));
    }

    [Test]
    public void Tests_ProduceEveryCheckAndNameNoOther()
    {
        var produced = typeof(DoctorDocumentTests).Assembly.GetTypes().SelectMany(type => type.GetMethods())
            .SelectMany(method => method.GetCustomAttributes(typeof(ProducesAttribute), false))
            .Select(produces => ((ProducesAttribute)produces).Code);

        Assert.That(produced, Is.EquivalentTo(Checks.All.Select(check => check.Code)));
    }

    [GeneratedRegex(
        @"^\| `(?<code>[a-z-]+)` \| (?<severity>fatal|warning|note) \| \S.* \| \S.* \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
