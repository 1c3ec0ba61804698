using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net;

namespace TradeOs.Bus;

/// <summary>Which Redis the pipeline runs on, and how it is reached.</summary>
public sealed class RedisOptions
{
    /// <summary>Name of the section in appsettings.json.</summary>
    public const string Section = "Redis";

    /// <summary>Who starts the server. Default <see cref="RedisMode.Auto"/>.</summary>
    public RedisMode Mode { get; set; } = RedisMode.Auto;

    /// <summary>Where it listens, <c>host:port</c>. Default 127.0.0.1:6379.</summary>
    [RegularExpression(
        @"^[^\s:]+:([1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])$",
        ErrorMessage = "The field RedisOptions.Endpoint must be HOST:PORT, e.g. 127.0.0.1:6379.")]
    public string Endpoint { get; set; } = "127.0.0.1:6379";

    /// <summary>Password of Redis' <c>default</c> user; empty for none. Never shown. Default empty.</summary>
    public string Password { get; set; } = "";

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

    /// <summary>How long one answer of the server may take before the connection is given up and reopened. Default 30
    /// s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Largest reply kept, in bytes; tests make it small.</summary>
    internal int ReplyBytesMax { get; set; } = DataConnection.ReplyBytesMax;

    /// <summary>Host part of <see cref="Endpoint"/>.</summary>
    public string HostName => Endpoint[..Endpoint.LastIndexOf(':')];

    /// <summary>Port part of <see cref="Endpoint"/>.</summary>
    public int Port => int.Parse(Endpoint[(Endpoint.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture);

    /// <summary>Whether <see cref="Endpoint"/> is on this machine, as far as its text tells.</summary>
    public bool IsLoopback =>
        HostName == "localhost" || (IPAddress.TryParse(HostName, out var address) && IPAddress.IsLoopback(address));
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
