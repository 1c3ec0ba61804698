using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TradeOs.Bus;

namespace TradeOs.Tests;

/// <summary>A server with the users of deploy/redis-users.acl, reached by TLS with certificates on both sides, or by a
/// unix socket.</summary>
public sealed class RestrictedServer : IDisposable
{
    /// <summary>Password of the 'default' user.</summary>
    public const string Password = "right horse";

    /// <summary>Password of the users <c>admin</c>, <c>inspector</c> and <c>door</c>.</summary>
    public const string OtherPassword = "right battery";

    /// <summary>What stands for a password in the shipped file: a SHA-256 nobody knows the text of.</summary>
    public const string Placeholder = "#0000000000000000000000000000000000000000000000000000000000000000";

    private readonly TemporaryDirectory _files = new();
    private readonly int _tlsPort = RedisServerProcess.FreePort();
    private RedisServerProcess _server = null!;
    private PemPair _client = null!;

    /// <summary>The file as it is shipped.</summary>
    public static string ShippedFile => Path.Combine(Repository.Root, "deploy", "redis-users.acl");

    /// <summary>Path of the server's own copy of the ACL file.</summary>
    public string AclFile => _files["users.acl"];

    /// <summary>Reaches it by TLS.</summary>
    public RedisOptions TlsOptions
    {
        get
        {
            var options = With(string.Create(CultureInfo.InvariantCulture, $"rediss://localhost:{_tlsPort}"));
            options.TlsCaFile = _files["ca.crt"];
            (options.TlsCertificateFile, options.TlsKeyFile) = (_client.Certificate, _client.Key);
            return options;
        }
    }

    /// <summary>Reaches it by its unix socket.</summary>
    public RedisOptions UnixOptions => With($"unix:{_files["redis.sock"]}");

    /// <summary>Starts it; who gets it disposes of it too.</summary>
    public async Task<RedisServerProcess> StartAsync()
    {
        using var authority = new TestAuthority(_files.Path);
        var server = authority.Sign("server");
        _client = authority.Sign("client");
        await File.WriteAllTextAsync(AclFile, AclText());
        return _server = await RedisServerProcess.StartAsync(
            "--aclfile", AclFile, "--unixsocket", _files["redis.sock"], "--unixsocketperm", "700",
            "--tls-port", _tlsPort.ToString(CultureInfo.InvariantCulture), "--tls-cert-file", server.Certificate,
            "--tls-key-file", server.Key, "--tls-ca-cert-file", authority.FilePath);
    }

    /// <summary>Runs redis-cli as a user.</summary>
    public Task<string> AsAsync(string user, params string[] command) => _server.CliAsync(
        ["--user", user, "--pass", user == "default" ? Password : OtherPassword, "--no-auth-warning", .. command]);

    /// <summary>Runs redis-cli as the admin.</summary>
    public Task<string> AdminAsync(params string[] command) => AsAsync("admin", command);

    /// <inheritdoc/>
    public void Dispose() => _files.Dispose();

    /// <summary>The shipped file with passwords set as docs/REDIS.md tells, and the keys of the contract's streams
    /// added.</summary>
    private static string AclText()
    {
        var lines = File.ReadAllText(ShippedFile).Split('\n').Select(line => line switch
        {
            _ when line.StartsWith("user default", StringComparison.Ordinal) =>
                WithPassword(line, Password) + " ~in ~out ~dead",
            _ when line.StartsWith("user ", StringComparison.Ordinal) => WithPassword(line, OtherPassword),
            _ => line,
        });
        return string.Join('\n', lines);
    }

    private static string WithPassword(string line, string password) => line.Replace(
        Placeholder, "#" + Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes(password))),
        StringComparison.Ordinal);

    private static RedisOptions With(string endpoint) =>
        new() { Endpoint = endpoint, Mode = RedisMode.External, Password = Password };
}
