namespace TradeOs.Bus;

/// <summary>The scripts that come with this program.</summary>
internal static class LuaScript
{
    /// <summary>The text of a script of this folder.</summary>
    public static string Read(string name)
    {
        using var source = typeof(LuaScript).Assembly.GetManifestResourceStream(name)!;
        return new StreamReader(source).ReadToEnd();
    }
}
