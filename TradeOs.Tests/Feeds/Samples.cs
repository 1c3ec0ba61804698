using System.Security.Cryptography;
using System.Text;

namespace TradeOs.Tests.Feeds;

/// <summary>Small files made up for tests.</summary>
internal static class Samples
{
    /// <summary>Rows of a Binance spot dump, ids from <paramref name="first"/>, one a second.</summary>
    public static string Trades(int count, int first = 1)
    {
        var text = new StringBuilder();
        for (var id = first; id < first + count; id++)
        {
            var flags = id % 3 == 0 ? "True,True" : "False,True";
            var time = 1723161255342 + (1000L * id);
            text.Append(Format($"{id},{61000 + (id % 7)}.{id % 10}0,0.0{1 + (id % 9)}000,1,{time},{flags}\n"));
        }

        return text.ToString();
    }

    public static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Format(FormattableString text) => FormattableString.Invariant(text);
}
