using System.Buffers;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Host;
using TradeOs.Tests.Bus;

namespace TradeOs.Tests.Archive;

/// <summary>Any entry, written as a line and read back.</summary>
[TestFixture]
public sealed class ArchiveLineTests
{
    private static Gen<byte[]> Texts => from text in ArbMap.Default.GeneratorFor<NonNull<string>>()
                                        select Encoding.UTF8.GetBytes(text.Get);

    [Test]
    public void Line_AnyBytes_GivesExactlyTheSameFields() => Seed.Check(RespText.Bytes.Two().ListOf(), RoundTrip);

    [Test]
    public void Line_AnyText_GivesExactlyTheSameFields() => Seed.Check(Texts.Two().ListOf(), RoundTrip);

    [TestCase("at=1 price=2", """{"_id":"7-1","at":"1","price":"2"}""")]
    [TestCase("a=ü\"\\", """{"_id":"7-1","a":"ü\"\\"}""")]
    [TestCase("a=", """{"_id":"7-1","a":""}""")]
    [TestCase("_a=1", """{"_id":"7-1","_resp":"JDINCl9hDQokMQ0KMQ0K"}""")]
    [TestCase("a=1 a=2", """{"_id":"7-1","_resp":"JDENCmENCiQxDQoxDQokMQ0KYQ0KJDENCjINCg=="}""")]
    public void Line_OfAnEntry_IsWhatAPersonReads(string fields, string line)
    {
        var builder = new FieldsBuilder();
        foreach (var field in fields.Split(' ').Select(field => field.Split('=')))
            builder.Add(Encoding.UTF8.GetBytes(field[0]), Encoding.UTF8.GetBytes(field[1]));

        Assert.That(LineOf(new Entry(new EntryId(7, 1), builder.Build())), Is.EqualTo(line + "\n"));
    }

    [Test]
    public void Line_OfABeginning_SaysHowMuchIsMissing()
    {
        var entry = WrittenArchive.EntryOf(7) with { CutBytes = 123 };

        var line = LineOf(entry);

        Assert.That(line, Is.EqualTo("""{"_id":"7-0","_cut":123,"n":"7"}""" + "\n"));
        Assert.That(ArchiveLine.Parse(Encoding.UTF8.GetBytes(line.TrimEnd())).CutBytes, Is.EqualTo(123));
    }

    [TestCase("")]
    [TestCase("{}")]
    [TestCase("[]")]
    [TestCase("""{"n":"1","_id":"7-0"}""")]
    [TestCase("""{"_id":"7"}""")]
    [TestCase("""{"_id":7}""")]
    [TestCase("""{"_id":"7-0","n":1}""")]
    [TestCase("""{"_id":"7-0","n":"1"}x""")]
    [TestCase("""{"_id":"7-0","n":"1","_resp":"JDENCmENCiQxDQoxDQo="}""")]
    [TestCase("""{"_id":"7-0","_resp":"JDENCmENCiQxDQoxDQo=","n":"1"}""")]
    [TestCase("""{"_id":"7-0","_resp":"JDENCmENCg=="}""")]
    [TestCase("""{"_id":"7-0","_resp":"?"}""")]
    public void Parse_WhatNobodyWrote_IsRefused(string line) =>
        Assert.That(() => ArchiveLine.Parse(Encoding.UTF8.GetBytes(line)), Throws.TypeOf<FormatException>());

    private static void RoundTrip(IList<(byte[] Name, byte[] Value)> pairs)
    {
        var builder = new FieldsBuilder();
        foreach (var (name, value) in pairs) builder.Add(name, value);
        var entry = new Entry(new EntryId(ulong.MaxValue, 9), builder.Build());

        var line = LineOf(entry);
        var read = ArchiveLine.Parse(Encoding.UTF8.GetBytes(line[..^1]));

        Assert.That(read.Id, Is.EqualTo(entry.Id));
        Assert.That(read.Fields.Count, Is.EqualTo(pairs.Count));
        Assert.That(read.Fields.Encoded.ToArray(), Is.EqualTo(entry.Fields.Encoded.ToArray()));
        Assert.That(line.IndexOf('\n', StringComparison.Ordinal), Is.EqualTo(line.Length - 1));
        using var json = JsonDocument.Parse(line);
        Assert.That(json.RootElement.EnumerateObject().First().Name, Is.EqualTo("_id"));
    }

    private static string LineOf(Entry entry)
    {
        var text = new ArrayBufferWriter<byte>();
        using var line = new ArchiveLine(text);
        line.Write(entry);
        return Encoding.UTF8.GetString(text.WrittenSpan);
    }
}
