using System.ComponentModel.DataAnnotations;

namespace TradeOs.Bus;

/// <summary>Which Redis the pipeline runs on, and how it is reached.</summary>
public sealed class RedisOptions : IValidatableObject
{
    /// <summary>Name of the section in appsettings.json.</summary>
    public const string Section = "Redis";

    private static readonly TimeSpan ConnectWaitMax = TimeSpan.FromSeconds(5);

    /// <summary>Who starts the server. Default <see cref="RedisMode.Auto"/>.</summary>
    public RedisMode Mode { get; set; } = RedisMode.Auto;

    /// <summary>Where it listens: <c>host:port</c>, <c>[IPv6]:port</c>, <c>redis://host:port</c>,
    /// <c>rediss://host:port</c> for TLS, or <c>unix:/path/to/redis.sock</c>. Default 127.0.0.1:6379.</summary>
    public string Endpoint { get; set; } = "127.0.0.1:6379";

    /// <summary>Password of Redis' <c>default</c> user; empty for none. Never shown. Default empty.</summary>
    public string Password { get; set; } = "";

    /// <summary>PEM file with the CA that signed the certificate of a <c>rediss://</c> server; empty for the CAs this
    /// machine trusts. Default empty.</summary>
    public string TlsCaFile { get; set; } = "";

    /// <summary>PEM file with the certificate that TradeOs shows to a <c>rediss://</c> server; empty for none. Default
    /// empty. A Redis asks for one unless it has <c>tls-auth-clients no</c>.</summary>
    public string TlsCertificateFile { get; set; } = "";

    /// <summary>PEM file with the private key of <see cref="TlsCertificateFile"/>, unencrypted. Default
    /// empty.</summary>
    public string TlsKeyFile { get; set; } = "";

    /// <summary>The redis-server binary for a managed server; empty looks in PATH. Default empty.</summary>
    public string ServerPath { get; set; } = "";

    /// <summary>Accepts a server that can lose acknowledged writes; shown in status. Default false.</summary>
    public bool AllowRelaxedDurability { get; set; }

    /// <summary>Accepts a server that other machines or containers can reach. Default false.</summary>
    public bool AllowNetwork { get; set; }

    /// <summary>Free bytes on the server's disk below which doctor warns. Default 1,073,741,824 (1 GiB). A rewrite of
    /// the append-only file needs room for a second one: less than its size is always too little.</summary>
    [Range(typeof(long), "0", "9223372036854775807")]
    public long FreeDiskMin { get; set; } = 1024L * 1024 * 1024;

    /// <summary>Memory all streams may take together when each is full, in bytes. Default 1,073,741,824 (1 GiB); from
    /// 1,048,576. A run whose streams are estimated to take more is refused.</summary>
    [Range(typeof(long), "1048576", "9223372036854775807")]
    public long MemoryBudget { get; set; } = 1024L * 1024 * 1024;

    /// <summary>How long one answer of the server may take before the connection is given up and reopened. Default 30
    /// s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest attempt to connect: <see cref="CommandTimeout"/>, 5 s at most. A server may take its time for a
    /// command; a new connection that gets no answer is better tried anew.</summary>
    internal TimeSpan ConnectTimeout => CommandTimeout < ConnectWaitMax ? CommandTimeout : ConnectWaitMax;

    /// <summary>Largest reply kept, in bytes; tests make it small.</summary>
    internal int ReplyBytesMax { get; set; } = DataConnection.ReplyBytesMax;

    /// <summary><see cref="Endpoint"/>, taken apart.</summary>
    /// <exception cref="FormatException">It has none of the forms; validated options do.</exception>
    public RedisEndpoint Address => RedisEndpoint.Parse(Endpoint);

    /// <summary>What is wrong with values that are right one by one, or that no range describes.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!RedisEndpoint.TryParse(Endpoint, out var address, out var problem))
        {
            yield return Wrong(nameof(Endpoint), problem);
            yield break;
        }

        if (Mode == RedisMode.Managed && address.Transport != RedisTransport.Tcp)
        {
            yield return Wrong(
                nameof(Endpoint),
                "must be host:port with Redis:Mode Managed, whose server listens on TCP of this machine alone: write " +
                "e.g. 127.0.0.1:6379, or set Redis:Mode to External and start a server there yourself.");
        }

        (string Name, string Value)[] files =
        [
            (nameof(TlsCaFile), TlsCaFile), (nameof(TlsCertificateFile), TlsCertificateFile),
            (nameof(TlsKeyFile), TlsKeyFile),
        ];
        foreach (var (name, _) in files.Where(file => file.Value.Length > 0 && address.Transport != RedisTransport.Tls))
        {
            yield return Wrong(
                name,
                $"must be empty with Redis:Endpoint {Endpoint}, which does not use TLS: write rediss://host:port.");
        }

        if (TlsCertificateFile.Length > 0 && TlsKeyFile.Length == 0)
            yield return Wrong(nameof(TlsKeyFile), "must name the key of Redis:TlsCertificateFile.");
        if (TlsKeyFile.Length > 0 && TlsCertificateFile.Length == 0)
            yield return Wrong(nameof(TlsCertificateFile), "must name the certificate of Redis:TlsKeyFile.");
    }

    private static ValidationResult Wrong(string property, string rule) =>
        new($"The field {nameof(RedisOptions)}.{property} {rule}");
}

/// <summary>Who starts the redis-server.</summary>
public enum RedisMode
{
    /// <summary>What listens at the endpoint is used; where nothing listens, a managed server is started.</summary>
    Auto,

    /// <summary>TradeOs starts, repairs, watches and stops a redis-server of its own under its data
    /// directory.</summary>
    Managed,

    /// <summary>Somebody else runs the server; TradeOs never starts one.</summary>
    External,
}
