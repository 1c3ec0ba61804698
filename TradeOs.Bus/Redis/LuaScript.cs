namespace TradeOs.Bus;

/// <summary>The scripts that come with this program.</summary>
internal static class LuaScript
{
    /// <summary>The text of a script, with the functions it includes.</summary>
    public static string Read(string name) =>
        Text(name).Replace("-- include unread.lua", Text("unread.lua"), StringComparison.Ordinal);

    private static string Text(string name)
    {
        using var source = typeof(LuaScript).Assembly.GetManifestResourceStream(name)!;
        return new StreamReader(source).ReadToEnd();
    }
}
