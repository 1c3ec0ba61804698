using System.Text;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Bus;

/// <summary>Fields and ids, written and read back.</summary>
[TestFixture]
public sealed class EntryTextTests
{
    [Test]
    public void Fields_AnyBytesWritten_AreReadBackInOrder() => Seed.Check(
        RespText.Bytes.Two().ListOf(),
        pairs =>
        {
            var batch = new Batch();
            var writer = batch.Append("out");
            foreach (var (name, value) in pairs) writer.Add(name, (ReadOnlySpan<byte>)value);

            var found = new List<(byte[], byte[])>();
            foreach (var field in batch.FieldsOf(0)) found.Add((field.Name.ToArray(), field.Value.ToArray()));

            Assert.That(batch.FieldsOf(0).Count, Is.EqualTo(pairs.Count));
            Assert.That(found, Is.EqualTo(pairs.Select(pair => (pair.Item1, pair.Item2))));
        });

    [Test]
    public void Fields_AnyTextNumberOrId_IsReadBackAsItsText() => Seed.Check(
        from text in ArbMap.Default.GeneratorFor<NonNull<string>>()
        from number in ArbMap.Default.GeneratorFor<long>()
        from id in Ids
        select (text: text.Get, number, id),
        given =>
        {
            var batch = new Batch();
            batch.Append("out").Add("text"u8, given.text).Add("number"u8, given.number).Add("id"u8, given.id);

            Assert.That(Value("text"), Is.EqualTo(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(given.text))));
            Assert.That(Value("number"), Is.EqualTo($"{given.number}"));
            Assert.That(Value("id"), Is.EqualTo(given.id.ToString()));

            string Value(string name) =>
                batch.FieldsOf(0).TryGet(Encoding.UTF8.GetBytes(name), out var value)
                    ? Encoding.UTF8.GetString(value)
                    : "";
        });

    [Test]
    public void Id_AnyId_IsReadBackFromItsText() => Seed.Check(Ids, id =>
    {
        Span<byte> text = stackalloc byte[EntryId.TextBytesMax];

        Assert.That(EntryId.Parse(text[..id.Format(text)]), Is.EqualTo(id));
        Assert.That(EntryId.Parse(id.ToString()), Is.EqualTo(id));
    });

    [TestCase("")]
    [TestCase("-")]
    [TestCase("1")]
    [TestCase("1-")]
    [TestCase("-1")]
    [TestCase("1-1-1")]
    [TestCase("1--1")]
    [TestCase("+1-1")]
    [TestCase("1-+1")]
    [TestCase(" 1-1")]
    [TestCase("1-1 ")]
    [TestCase("1 -1")]
    [TestCase("1-x")]
    [TestCase("0x1-1")]
    [TestCase("1.0-1")]
    [TestCase("1,000-1")]
    [TestCase("18446744073709551616-0")]
    [TestCase("0-18446744073709551616")]
    [TestCase("*")]
    [TestCase("$")]
    public void Id_TextThatIsNone_IsRefusedAndShown(string text)
    {
        Assert.That(EntryId.TryParse(Encoding.UTF8.GetBytes(text), out _), Is.False);
        Assert.That(() => EntryId.Parse(text), Throws.TypeOf<FormatException>().With.Message.Contains($"'{text}'"));
    }

    [Test]
    public void Id_AnyBytes_AreAnIdOrRefused() => Seed.Check(RespText.Bytes, bytes =>
        Assert.That(EntryId.TryParse(bytes, out var id) ? id.ToString() : "", Is.Not.Null));

    private static Gen<EntryId> Ids =>
        from milliseconds in Parts
        from sequence in Parts
        select new EntryId(milliseconds, sequence);

    private static Gen<ulong> Parts => Gen.OneOf(
        Gen.Elements(0UL, 1UL, ulong.MaxValue, (ulong)long.MaxValue), ArbMap.Default.GeneratorFor<ulong>());
}
