using System.Diagnostics;
using System.Globalization;
using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Reaching;

/// <summary>The commands of docs/REDIS.md that make files do so, and a server takes them.</summary>
[TestFixture]
[Platform(Exclude = "Win", Reason = "They are for a Unix shell.")]
public sealed class RedisPageTests
{
    private TemporaryDirectory _files = null!;

    [SetUp]
    public void MakeDirectory()
    {
        _files = new TemporaryDirectory();
        Directory.CreateDirectory(_files["deploy"]);
        File.Copy(RestrictedServer.ShippedFile, _files["deploy", "redis-users.acl"]);
    }

    [TearDown]
    public void RemoveDirectory() => _files.Dispose();

    [Test]
    public async Task Passwords_SetAsThePageTells_AreThoseOfTheUsers()
    {
        await RunAsync("password", "one\ntwo two\nthree'3\nfour\n");

        await using var server = await RedisServerProcess.StartAsync("--aclfile", _files["users.acl"]);
        (string User, string Password)[] users =
            [("default", "one"), ("inspector", "two two"), ("door", "three'3"), ("admin", "four")];
        foreach (var (user, password) in users)
        {
            Assert.That(await server.CliAsync("--no-auth-warning", "AUTH", user, password), Is.EqualTo("OK"), user);
            Assert.That(await server.CliAsync("--no-auth-warning", "AUTH", user, "x"), Does.StartWith("WRONGPASS"));
        }
    }

    [Test]
    public async Task Certificates_MadeAsThePageTells_AreTaken()
    {
        await RunAsync("certificates", "");
        var port = RedisServerProcess.FreePort();
        await using var server = await RedisServerProcess.StartAsync(
            "--tls-port", port.ToString(CultureInfo.InvariantCulture), "--tls-cert-file", _files["server.crt"],
            "--tls-key-file", _files["server.key"], "--tls-ca-cert-file", _files["ca.crt"]);
        var options = new RedisOptions
        {
            Endpoint = $"rediss://localhost:{port}", TlsCaFile = _files["ca.crt"],
            TlsCertificateFile = _files["client.crt"], TlsKeyFile = _files["client.key"],
        };

        using var control = await ControlConnection.ConnectAsync(options, default);

        Assert.That((string?)await control.ExecuteAsync("PING"), Is.EqualTo("PONG"));
    }

    /// <summary>Runs the commands behind the mark, in the directory of the test.</summary>
    private async Task RunAsync(string mark, string typed)
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "REDIS.md"));
        var block = page.Split($"<!-- tried: {mark} -->\n```bash\n")[1].Split("```")[0];
        var start = new ProcessStartInfo("bash", ["-e", "-c", block])
        {
            WorkingDirectory = _files.Path, RedirectStandardInput = true, RedirectStandardError = true,
        };
        using var shell = Process.Start(start)!;
        await shell.StandardInput.WriteAsync(typed);
        shell.StandardInput.Close();
        var error = await shell.StandardError.ReadToEndAsync();
        await shell.WaitForExitAsync();
        Assert.That(shell.ExitCode, Is.Zero, error);
    }
}
