using System.Text;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Bus;

/// <summary>Outside text on a terminal.</summary>
[TestFixture]
public sealed class EntryShownTests
{
    [TestCase("plain text, 1.5 [x]", "plain text, 1.5 [x]")]
    [TestCase("Größe 数量 €", "Größe 数量 €")]
    [TestCase("a\nb\r\tc", "a\\u{a}b\\u{d}\\u{9}c")]
    [TestCase("\u001b[31mred\0", "\\u{1b}[31mred\\u{0}")]
    [TestCase("abc\u202ecba\u200b", "abc\\u{202e}cba\\u{200b}")]
    [TestCase("\u009b2J\u2028", "\\u{9b}2J\\u{2028}")]
    public void Show_OfText_KeepsLettersAndWritesOutTheRest(string text, string expected) =>
        Assert.That(EntryText.Show(Encoding.UTF8.GetBytes(text)), Is.EqualTo(expected));

    [Test]
    public void Show_OfBytesThatAreNoText_WritesThemOut() =>
        Assert.That(EntryText.Show([0x61, 0xff, 0xc3]), Is.EqualTo("a\\xff\\xc3"));

    [TestCase("123456789", "123456789")]
    [TestCase("1234567890", "1234567890")]
    [TestCase("12345678901", "1234567...")]
    [TestCase("12345\u001b8901", "12345...")]
    public void Show_OfLongText_IsCutBetweenSignsAndSaysSo(string text, string expected) =>
        Assert.That(EntryText.Show(Encoding.UTF8.GetBytes(text), 10), Is.EqualTo(expected));

    [Test]
    public void Show_OfAnyBytes_IsOneBoundedLineThatMovesNothing() => Seed.Check(
        from bytes in ArbMap.Default.GeneratorFor<byte[]>()
        from lengthMax in Gen.Choose(3, 60)
        select (bytes, lengthMax),
        given =>
        {
            var shown = EntryText.Show(given.bytes, given.lengthMax);

            Assert.That(shown, Has.Length.LessThanOrEqualTo(given.lengthMax));
            Assert.That(shown.Any(char.IsControl), Is.False);
        });
}
