using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace TradeOs.Bus;

/// <summary>How bytes travel to Redis.</summary>
public enum RedisTransport
{
    /// <summary>Plain TCP.</summary>
    Tcp,

    /// <summary>TCP inside TLS.</summary>
    Tls,

    /// <summary>A socket file of this machine.</summary>
    Unix,
}

/// <summary>Where Redis listens, taken apart.</summary>
public sealed partial record RedisEndpoint
{
    /// <summary>The forms it is written in, as people are told them.</summary>
    public const string Forms =
        "host:port, [IPv6]:port, redis://host:port, rediss://host:port (TLS) or unix:/path/to/redis.sock";

    /// <summary>Longest path of a socket, in bytes: the field of the kernel holds 108 with a zero behind.</summary>
    private const int PathBytesMax = 107;

    private const string UnixScheme = "unix:";

    private RedisEndpoint(RedisTransport transport, string host, int port, string path) =>
        (Transport, Host, Port, Path) = (transport, host, port, path);

    /// <summary>How bytes travel there.</summary>
    public RedisTransport Transport { get; }

    /// <summary>Name or address of the machine, without brackets; empty for a unix socket.</summary>
    public string Host { get; }

    /// <summary>TCP port; 0 for a unix socket.</summary>
    public int Port { get; }

    /// <summary>Path of the unix socket; empty for TCP.</summary>
    public string Path { get; }

    /// <summary>Whether it is on this machine, as far as its text tells.</summary>
    public bool IsLocal => Transport == RedisTransport.Unix || Host == "localhost" ||
        (IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address));

    /// <summary>Takes an endpoint apart.</summary>
    /// <exception cref="FormatException">It has none of the forms; the message says what is wrong.</exception>
    public static RedisEndpoint Parse(string text) =>
        TryParse(text, out var endpoint, out var problem) ? endpoint : throw new FormatException(problem);

    /// <summary>Takes an endpoint apart, or says what is wrong with it and what to write.</summary>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out RedisEndpoint? endpoint, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        endpoint = null;
        problem = text switch
        {
            _ when text.Contains('@', StringComparison.Ordinal) =>
                "must not hold a user or password, which would show in logs and in status: set Redis:Password or the " +
                "environment variable TRADEOS_Redis__Password; the user is always Redis' 'default'.",
            _ when text.StartsWith(UnixScheme, StringComparison.Ordinal) => ReadUnix(text, ref endpoint),
            _ => ReadTcp(text, ref endpoint),
        };
        return endpoint is not null;
    }

    /// <summary>The text without what stands before an '@': somebody's password.</summary>
    public static string Masked(string text) => Credentials().Replace(text, "${scheme}***@");

    private static string? ReadUnix(string text, ref RedisEndpoint? endpoint)
    {
        var path = text[UnixScheme.Length..];
        if (path.StartsWith("//", StringComparison.Ordinal)) path = path[2..];
        if (!path.StartsWith('/'))
            return Wrong("the path of a unix socket starts at the root", "unix:/run/redis/redis-server.sock");
        if (System.Text.Encoding.UTF8.GetByteCount(path) > PathBytesMax)
        {
            return $"must be of a path of at most {PathBytesMax} bytes, the longest a unix socket can have: set " +
                "unixsocket in redis.conf to a shorter one.";
        }

        endpoint = new RedisEndpoint(RedisTransport.Unix, "", 0, path);
        return null;
    }

    private static string? ReadTcp(string text, ref RedisEndpoint? endpoint)
    {
        var match = Tcp().Match(text);
        var scheme = match.Groups["scheme"].Value;
        if (scheme is not ("" or "redis" or "rediss"))
            return Wrong($"{scheme}:// is none of them", "redis://host:6379");
        if (match.Groups["rest"].Value is not ("" or "/" or "/0"))
        {
            return $"must not name a database or anything else behind the port, found " +
                $"\"{match.Groups["rest"].Value}\": the streams are in database 0. Leave it out.";
        }

        var authority = match.Groups["authority"].Value;
        if (authority.Count(letter => letter == ':') > 1 && !authority.Contains(']', StringComparison.Ordinal))
            return Wrong("an IPv6 address stands in brackets", "[::1]:6379");
        if (Authority().Match(authority) is not { Success: true } parts)
            return Wrong("it names no port, or no host before it", "127.0.0.1:6379");
        var isPort = int.TryParse(
            parts.Groups["port"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var port);
        if (!isPort || port is < 1 or > 65_535) return Wrong("a port is from 1 to 65535", "127.0.0.1:6379");
        var host = parts.Groups["host"].Value;
        if (host.StartsWith('[') && !IPAddress.TryParse(host, out _))
            return Wrong($"{host} is no IPv6 address", "[::1]:6379");
        endpoint = new RedisEndpoint(
            scheme == "rediss" ? RedisTransport.Tls : RedisTransport.Tcp, host.Trim('[', ']'), port, "");
        return null;
    }

    private static string Wrong(string why, string example) =>
        $"must be {Forms}: {why}. Write e.g. {example}.";

    [GeneratedRegex(@"^((?<scheme>[A-Za-z][A-Za-z0-9+.-]*)://)?(?<authority>[^/?#]*)(?<rest>.*)$",
        RegexOptions.Singleline)]
    private static partial Regex Tcp();

    [GeneratedRegex(@"^(?<host>\[[^\]\s]+\]|[^\s:\[\]]+):(?<port>[0-9]{1,5})$")]
    private static partial Regex Authority();

    [GeneratedRegex(@"^(?<scheme>[A-Za-z]+://)?.*@", RegexOptions.Singleline)]
    private static partial Regex Credentials();
}
