using System.Globalization;
using System.Net;

namespace TradeOs.Bus;

/// <summary>What a server says of itself, read at one time.</summary>
/// <param name="Settings">Answers of CONFIG GET, by setting; without those the server does not know.</param>
/// <param name="Fields">Fields of INFO.</param>
/// <param name="Connection">Our own line of CLIENT LIST, by field.</param>
public sealed record ServerFacts(
    IReadOnlyDictionary<string, string> Settings,
    IReadOnlyDictionary<string, string> Fields,
    IReadOnlyDictionary<string, string> Connection)
{
    private static readonly Dictionary<string, string> Nothing = new(StringComparer.Ordinal);

    /// <summary>Before anything was read.</summary>
    internal static ServerFacts Empty { get; } = new(Nothing, Nothing, Nothing);

    /// <summary>How a changed setting is made to last: the server's own file, or whatever starts it.</summary>
    internal string Persist => Fields.GetValueOrDefault("config_file", "").Length > 0
        ? "then `CONFIG REWRITE`"
        : "and put it into the arguments it is started with";

    /// <summary>Whether both ends of our connection are on one machine, outside any container.</summary>
    public bool IsOnThisMachine =>
        HostOf("laddr") is { } theirs && (theirs == HostOf("addr") || IsLoopback(theirs));

    /// <summary>Whether it is a node of a cluster, of which nothing more can be asked.</summary>
    public bool IsCluster => Fields.GetValueOrDefault("redis_mode") == "cluster";

    /// <summary>A field of INFO as a number; null when it is absent.</summary>
    public long? Number(string field) => ParseNumber(Fields.GetValueOrDefault(field));

    /// <summary>A setting as a number; null when the server does not know it.</summary>
    internal long? Setting(string setting) => ParseNumber(Settings.GetValueOrDefault(setting));

    /// <summary>Reads the settings.</summary>
    internal static async Task<Dictionary<string, string>> SettingsAsync(
        ControlConnection connection, IEnumerable<string> names)
    {
        // Sent together: one journey for all of them.
        var asked = names.Distinct().Select(async name => (Name: name, Value: await connection.ConfigAsync(name)));
        return (await Task.WhenAll(asked)).Where(setting => setting.Value is not null)
            .ToDictionary(setting => setting.Name, setting => setting.Value!, StringComparer.Ordinal);
    }

    /// <summary>Reads our own line of CLIENT LIST.</summary>
    internal static async Task<IReadOnlyDictionary<string, string>> ConnectionAsync(ControlConnection connection)
    {
        var id = (string?)await connection.ExecuteAsync("CLIENT", "ID") ?? "";
        return ClientLine((string?)await connection.ExecuteAsync("CLIENT", "LIST", "ID", id) ?? "");
    }

    /// <summary>The fields of one line of CLIENT LIST.</summary>
    public static IReadOnlyDictionary<string, string> ClientLine(string line) =>
        line.Trim().Split(' ').Select(field => field.Split('=', 2)).Where(field => field.Length == 2)
            .ToDictionary(field => field[0], field => field[1], StringComparer.Ordinal);

    private static long? ParseNumber(string? text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    private static bool IsLoopback(string host) =>
        host.StartsWith('/') || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    /// <summary>Host part of an address such as 127.0.0.1:6379 or [::1]:6379; null when there is none.</summary>
    private string? HostOf(string field) =>
        Connection.GetValueOrDefault(field) is { } text && text.LastIndexOf(':') is > 0 and var colon
            ? text[..colon].Trim('[', ']')
            : null;
}
