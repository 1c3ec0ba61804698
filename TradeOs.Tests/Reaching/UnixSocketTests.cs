using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;
using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Reaching;

/// <summary>A unix socket: what answers there, and what is said when nothing does.</summary>
[TestFixture]
[Platform(Exclude = "Win", Reason = "Redis on Windows has no unix sockets.")]
public sealed class UnixSocketTests
{
    private TemporaryDirectory _files = null!;
    private string _path = "";

    [SetUp]
    public void MakeDirectory()
    {
        _files = new TemporaryDirectory();
        _path = _files["redis.sock"];
    }

    [TearDown]
    public void RemoveDirectory() => _files.Dispose();

    [Test]
    public async Task Control_AnswersOfEveryKind_AreReadAsOverTcp()
    {
        await using var server = await RedisServerProcess.StartAsync("--unixsocket", _path);
        using var unix = await ControlConnection.ConnectAsync(Options(), default);
        using var tcp = await ControlConnection.ConnectAsync(server.Options, default);
        foreach (var control in (ControlConnection[])[unix, tcp])
        {
            await control.ExecuteAsync("DEL", "s", "k", "h");
            await control.ExecuteAsync("SET", "k", new byte[] { 0, 255 });
            await control.ExecuteAsync("HSET", "h", "n", 7, "m", "");
            await control.ExecuteAsync("XADD", "s", "1-1", "f", "v");

            Assert.That((byte[]?)await control.ExecuteAsync("GET", "k"), Is.EqualTo(new byte[] { 0, 255 }));
            Assert.That((await control.ExecuteAsync("GET", "absent")).IsNull, Is.True);
            Assert.That((string?)await control.ExecuteAsync("GET", "absent"), Is.Null);
            Assert.That((long)await control.ExecuteAsync("STRLEN", "k"), Is.EqualTo(2));
            Assert.That((string?)await control.ExecuteAsync("STRLEN", "k"), Is.EqualTo("2"));
            Assert.That(
                (string[]?)await control.ExecuteAsync("HMGET", "h", "n", "m", "x"), Is.EqualTo(["7", "", null]));
            var page = (RedisResult[])await control.ExecuteAsync("XRANGE", "s", "-", "+");
            Assert.That((string?)((RedisResult[])page[0])[0], Is.EqualTo("1-1"));
            Assert.That((string[]?)((RedisResult[])page[0])[1], Is.EqualTo(["f", "v"]));
            Assert.That((await control.InfoAsync("server"))["redis_mode"], Is.EqualTo("standalone"));
            Assert.That(await control.ConfigAsync("appendfsync"), Is.EqualTo("always"));
            var error = Assert.ThrowsAsync<RedisServerException>(() => control.ExecuteAsync("HGET", "k", "x"));
            Assert.That(error!.Message, Does.StartWith("WRONGTYPE"));
            var number = Assert.ThrowsAsync<InvalidCastException>(
                async () => _ = (long)await control.ExecuteAsync("PING"));
            Assert.That(number!.Message, Does.Contain("PONG"));
        }
    }

    [Test]
    public async Task Resolution_OfBytesThatAreNoText_AppendsExactlyThese()
    {
        await using var server = await RedisServerProcess.StartAsync("--unixsocket", _path);
        using var control = await ControlConnection.ConnectAsync(Options(), default);
        await server.CliAsync("XADD", "in", "1-1", "text", "bad");
        var letter = EntryId.Parse(await server.CliAsync("XADD", "dead", "*", "stage", "copy"));
        byte[] bytes = [0xff, 0, 0xfe, (byte)'$', 0xc3];
        var note = new FieldsBuilder()
            .Add("resolves"u8, Encoding.ASCII.GetBytes(letter.ToString())).Add("entry"u8, ""u8).Build();
        var runId = (await control.InfoAsync("server"))["run_id"];

        var (result, id) = await new LetterResolution(control, "dead", runId).ResolveAsync(
            letter, note, "entry", "in", new FieldsBuilder().Add("text"u8, bytes).Build());

        Assert.That(result, Is.EqualTo(ResolutionResult.Resolved));
        var page = (RedisResult[])await control.ExecuteAsync("XRANGE", "in", id, id);
        var words = (RedisResult[])((RedisResult[])page[0])[1];
        Assert.That((byte[]?)words[1], Is.EqualTo(bytes));
    }

    [Test]
    public async Task Control_ManyAtOnce_EachGetsItsOwnAnswer()
    {
        await using var server = await RedisServerProcess.StartAsync("--unixsocket", _path);
        using var control = await ControlConnection.ConnectAsync(Options(), default);

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(async number =>
            (string?)await control.ExecuteAsync("ECHO", number)));

        Assert.That(answers, Is.EqualTo(Enumerable.Range(0, 200).Select(number => $"{number}")));
    }

    [Test]
    public async Task Control_ServerKilledAndStartedAgain_RecoversByItself()
    {
        await using var server = await RedisServerProcess.StartAsync("--unixsocket", _path);
        using var control = await ControlConnection.ConnectAsync(Options(), default);
        await control.ExecuteAsync("SET", "a", "b");
        await server.KillAsync();

        Assert.ThrowsAsync<BusUnavailableException>(() => control.ExecuteAsync("PING"));
        var gone = Assert.ThrowsAsync<BusUnavailableException>(() => control.ExecuteAsync("PING"));
        await server.StartAgainAsync();

        Assert.That(gone!.Message, Does.Contain($"no server listens on the socket {_path} any more. Start it"));
        Assert.That((string?)await control.ExecuteAsync("GET", "a"), Is.EqualTo("b"));
    }

    [Test]
    public void Connect_NoSuchFile_IsSaidWithTheSettingOfTheServer() => Throws(
        $"Redis at unix:{_path} cannot be reached: there is no socket {_path}. Start it with unixsocket {_path}, " +
        "or set Redis:Endpoint to where it listens.");

    [Test]
    public void Connect_AnOrdinaryFile_IsSaid()
    {
        File.WriteAllText(_path, "");

        Throws($"{_path} is an ordinary file, expected a socket. Start it, or set Redis:Endpoint");
    }

    [Test]
    public void Connect_ADirectory_IsSaid()
    {
        Directory.CreateDirectory(_path);

        Throws($"{_path} is a directory, expected a socket.");
    }

    /// <summary>Root may use any socket, so then another user tries.</summary>
    [Test]
    [UnsupportedOSPlatform("windows")]
    public async Task Status_AsAUserWhoMayNotUseTheSocket_SaysWhoAndExitsTwo()
    {
        await using var server = await RedisServerProcess.StartAsync("--unixsocket", _path, "--unixsocketperm", "700");
        var isRoot = Environment.UserName == "root";
        if (isRoot) File.SetUnixFileMode(_files.Path, (UnixFileMode)0b111_101_101);
        else File.SetUnixFileMode(_path, UnixFileMode.None);
        string[] user = isRoot ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : ["env"];
        var program = Path.Combine(AppContext.BaseDirectory, "tradeos");
        var start = new ProcessStartInfo(user[0], [.. user[1..], program, "status", "--redis", $"unix:{_path}"])
        {
            RedirectStandardError = true,
        };

        using var status = Process.Start(start)!;
        var said = await status.StandardError.ReadToEndAsync();
        await status.WaitForExitAsync();

        Assert.That(status.ExitCode, Is.EqualTo(2), said);
        var name = isRoot ? "nobody" : Environment.UserName;
        Assert.That(said, Does.Contain($"Permission denied: user {name} may not use {_path}.")
            .And.Contain("give redis-server unixsocketperm 770"));
    }

    private void Throws(string message)
    {
        var ofControl = Assert.ThrowsAsync<BusUnavailableException>(
            () => ControlConnection.ConnectAsync(Options(), default));
        var ofData = Assert.ThrowsAsync<BusUnavailableException>(
            () => DataConnection.ConnectAsync(Options(), TimeProvider.System, default));

        Assert.That(ofControl!.Message, Does.Contain(message));
        Assert.That(ofData!.Message, Does.Contain(message));
    }

    private RedisOptions Options() => new() { Endpoint = $"unix:{_path}", CommandTimeout = TimeSpan.FromSeconds(20) };
}
