using System.Globalization;
using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Reaching;

/// <summary>Whatever is wrong with TLS is said, on both planes, with the next move.</summary>
[TestFixture]
public sealed class TlsRefusalTests
{
    private TemporaryDirectory _files = null!;
    private TestAuthority _authority = null!;
    private PemPair _client = null!;
    private RedisServerProcess? _server;
    private int _port;

    [SetUp]
    public void MakeAuthority()
    {
        _files = new TemporaryDirectory();
        _authority = new TestAuthority(_files.Path);
        _client = _authority.Sign("client");
        _port = RedisServerProcess.FreePort();
    }

    [TearDown]
    public async Task StopAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        _authority.Dispose();
        _files.Dispose();
    }

    [TestCase("localhost")]
    [TestCase("127.0.0.1")]
    public async Task Connect_EverythingRight_AnswersOnBothPlanes(string host)
    {
        await StartAsync(_authority.Sign("server"));

        using var control = await ControlConnection.ConnectAsync(Options(host), default);
        using var data = await DataConnection.ConnectAsync(Options(host), TimeProvider.System, default);

        Assert.That((string?)await control.ExecuteAsync("PING"), Is.EqualTo("PONG"));
        Assert.That((await data.AskAsync("PING")).Line(), Is.EqualTo("PONG"));
        Assert.That(await CountOfTlsClientsAsync(), Is.EqualTo(2));
    }

    [Test]
    public async Task Connect_NobodyAsksForOurCertificate_NeedsNone()
    {
        await StartAsync(_authority.Sign("server"), "--tls-auth-clients", "no");

        using var control = await ControlConnection.ConnectAsync(Options(client: null), default);

        Assert.That((string?)await control.ExecuteAsync("PING"), Is.EqualTo("PONG"));
    }

    [Test]
    public async Task Connect_SignedByAnotherAuthority_NamesSignerAndFile()
    {
        using var other = new TestAuthority(_files.Path, "other");
        await StartAsync(other.Sign("server"));

        await ThrowsAsync(
            Options(), "its certificate CN=server is signed by CN=TradeOs test other, expected one signed by a CA " +
            $"that Redis:TlsCaFile {_authority.FilePath} holds. Set Redis:TlsCaFile to");
    }

    [Test]
    public async Task Connect_WithoutACaFile_AsksTheMachinesCAs()
    {
        await StartAsync(_authority.Sign("server"));
        var options = Options();
        options.TlsCaFile = "";

        await ThrowsAsync(options, "expected one signed by a CA that this machine holds. Set Redis:TlsCaFile to");
    }

    [Test]
    public async Task Connect_SelfSigned_IsSaid()
    {
        await StartAsync(_authority.SelfSigned("server"));

        await ThrowsAsync(Options(), "its certificate CN=server is self-signed, expected one signed by a CA");
    }

    [Test]
    public async Task Connect_SelfSignedAndNamedAsCaFile_Answers()
    {
        var server = _authority.SelfSigned("server");
        await StartAsync(server);
        var options = Options();
        options.TlsCaFile = server.Certificate;

        using var control = await ControlConnection.ConnectAsync(options, default);

        Assert.That((string?)await control.ExecuteAsync("PING"), Is.EqualTo("PONG"));
    }

    [Test]
    public async Task Connect_Expired_NamesTheTimes()
    {
        await StartAsync(_authority.Sign("server", days: -2));

        await ThrowsAsync(Options(), "the certificate CN=server is valid from 20", "expected one valid now. Renew it");
    }

    [Test]
    public async Task Connect_ForAnotherHost_NamesBoth()
    {
        await StartAsync(_authority.Sign("server", host: "redis.example"));

        await ThrowsAsync(
            Options(), "its certificate is for redis.example, expected localhost. Write one of its names in " +
            "Redis:Endpoint, or give the server a certificate with the subject alternative name localhost.");
    }

    [Test]
    public async Task Connect_WithoutTheCertificateTheServerWants_NamesTheSettings(
        [Values("TLSv1.2", "TLSv1.3")] string protocol)
    {
        await StartAsync(_authority.Sign("server"), "--tls-protocols", protocol);

        await ThrowsAsync(
            Options(client: null), "wants a certificate of its clients and was shown none",
            "Set Redis:TlsCertificateFile and Redis:TlsKeyFile to one signed by its tls-ca-cert-file");
    }

    [Test]
    public async Task Connect_WithACertificateOfAnotherAuthority_NamesTheFile()
    {
        using var other = new TestAuthority(_files.Path, "other");
        await StartAsync(_authority.Sign("server"));
        var stranger = other.Sign("stranger");

        await ThrowsAsync(
            Options(client: stranger), $"did not accept the certificate {stranger.Certificate}",
            "Set Redis:TlsCertificateFile and Redis:TlsKeyFile to such a pair.");
    }

    [Test]
    public async Task Connect_TlsToAPlainPort_SaysWhichFormToWrite()
    {
        await StartAsync(_authority.Sign("server"));
        var options = Options();
        options.Endpoint = $"rediss://localhost:{_server!.Port}";

        var error = Assert.ThrowsAsync<RefusedException>(() => ControlConnection.ConnectAsync(options, default));

        Assert.That(error!.Message, Is.EqualTo(
            $"Redis at {options.Endpoint} speaks plain TCP on port {_server.Port}, expected TLS. Set Redis:Endpoint " +
            $"to localhost:{_server.Port}, or to its tls-port."));
    }

    [Test]
    public async Task Connect_PlainToATlsPort_SaysWhichFormToWrite([Values("", "secret")] string password)
    {
        await StartAsync(_authority.Sign("server"));
        var options = new RedisOptions { Endpoint = $"127.0.0.1:{_port}", Password = password };

        var error = Assert.ThrowsAsync<RefusedException>(() => ControlConnection.ConnectAsync(options, default));

        Assert.That(error!.Message, Is.EqualTo(
            $"What listens at 127.0.0.1:{_port} speaks TLS, expected plain TCP. Set Redis:Endpoint to " +
            $"rediss://127.0.0.1:{_port}, and Redis:TlsCaFile to the CA of its certificate."));
    }

    [Test]
    public async Task Connect_FilesThatAreWrong_AreNamedWithWhatWasExpected()
    {
        await StartAsync(_authority.Sign("server"));
        var empty = _files["empty.pem"];
        await File.WriteAllTextAsync(empty, "nothing");

        await ThrowsAsync(With(Options(), one => one.TlsCaFile = _files["absent"]), "Redis:TlsCaFile is \"", "absent");
        await ThrowsAsync(With(Options(), one => one.TlsCaFile = empty), "expected a file that holds a CA in PEM");
        await ThrowsAsync(With(Options(), one => one.TlsKeyFile = _files["none"]), "Redis:TlsKeyFile is \"", "none");
        await ThrowsAsync(
            With(Options(), one => one.TlsKeyFile = _authority.Sign("another").Key),
            $"Redis:TlsCertificateFile is \"{_client.Certificate}\", expected a file that holds a certificate in PEM");
    }

    private async Task StartAsync(PemPair server, params string[] more) =>
        _server = await RedisServerProcess.StartAsync(
        [
            "--tls-port", _port.ToString(CultureInfo.InvariantCulture), "--tls-cert-file", server.Certificate,
            "--tls-key-file", server.Key, "--tls-ca-cert-file", _authority.FilePath, .. more,
        ]);

    private RedisOptions Options(string host = "localhost") => Options(_client, host);

    private RedisOptions Options(PemPair? client, string host = "localhost") => new()
    {
        Endpoint = string.Create(CultureInfo.InvariantCulture, $"rediss://{host}:{_port}"),
        TlsCaFile = _authority.FilePath,
        TlsCertificateFile = client?.Certificate ?? "",
        TlsKeyFile = client?.Key ?? "",
        CommandTimeout = TimeSpan.FromSeconds(20),
    };

    private static RedisOptions With(RedisOptions options, Action<RedisOptions> change)
    {
        change(options);
        return options;
    }

    /// <summary>By their local port.</summary>
    private async Task<int> CountOfTlsClientsAsync() => (await _server!.CliAsync("CLIENT", "LIST"))
        .Split('\n').Count(line => line.Contains($"laddr=127.0.0.1:{_port} ", StringComparison.Ordinal)
            || line.Contains($"laddr=[::1]:{_port} ", StringComparison.Ordinal));

    /// <summary>Both planes refuse with these words, and name the endpoint or a setting.</summary>
    private static Task ThrowsAsync(RedisOptions options, params string[] messages)
    {
        var ofControl = Assert.ThrowsAsync<RefusedException>(() => ControlConnection.ConnectAsync(options, default));
        var ofData = Assert.ThrowsAsync<RefusedException>(
            () => DataConnection.ConnectAsync(options, TimeProvider.System, default));
        foreach (var message in messages)
        {
            Assert.That(ofControl!.Message, Does.Contain(message));
            Assert.That(ofData!.Message, Does.Contain(message));
        }

        Assert.That(ofControl!.Message, Does.StartWith($"Redis at {options.Endpoint}").Or.StartWith("Redis:Tls"));
        return Task.CompletedTask;
    }
}
