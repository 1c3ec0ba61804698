using System.Globalization;
using System.Text;
using TradeOs.Bus;

namespace TradeOs.Tests.Stages;

/// <summary>Text of fields, for expectations.</summary>
internal static class TestText
{
    public static string Of(Entry entry, string name) =>
        entry.Fields.TryGet(Encoding.UTF8.GetBytes(name), out var value) ? Encoding.UTF8.GetString(value) : "";

    public static decimal NumberOf(Entry entry, string name) =>
        decimal.Parse(Of(entry, name), CultureInfo.InvariantCulture);
}
