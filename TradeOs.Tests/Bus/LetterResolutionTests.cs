using System.Diagnostics;
using System.Text;
using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Bus;

/// <summary>The transaction that appends an entry again and notes it: both once, or nothing.</summary>
[TestFixture]
public sealed class LetterResolutionTests : RedisFixture
{
    private ControlConnection _control = null!;
    private EntryId _letter;

    [SetUp]
    public async Task WriteLetterAsync()
    {
        _control = await ControlConnection.ConnectAsync(Server.Options, Cancel);
        await AddAsync("bad");
        _letter = EntryId.Parse(await Server.CliAsync("XADD", "dead", "*", "stage", "copy"));
    }

    [TearDown]
    public void CloseControl() => _control.Dispose();

    [Test]
    public async Task Resolve_AnOpenLetter_AppendsTheEntryAndTheNoteThatNamesIt()
    {
        var (result, id) = await RequeueAsync();

        Assert.That(result, Is.EqualTo(ResolutionResult.Resolved));
        Assert.That(await Server.CliAsync("XRANGE", "in", id, id), Is.EqualTo($"{id}\ntext\ngood"));
        Assert.That(
            await Server.CliAsync("XRANGE", "dead", $"({_letter}", "+"),
            Does.EndWith($"resolves\n{_letter}\nentry\n{id}\nreason\nentry"));
    }

    [Test]
    public async Task Resolve_WithoutATarget_NotesIt()
    {
        var (result, _) = await (await ResolutionAsync()).ResolveAsync(_letter, Note(), "entry", null, default);

        Assert.That(result, Is.EqualTo(ResolutionResult.Resolved));
        Assert.That(await LengthsAsync(), Is.EqualTo("1 2"));
        Assert.That(await Server.CliAsync("XREVRANGE", "dead", "+", "-", "COUNT", "1"),
            Does.EndWith($"resolves\n{_letter}\nentry\n\nreason\nentry"));
    }

    [Test]
    public async Task Resolve_ALetterResolvedSinceTheLook_IsAlreadyAndWritesNothing()
    {
        await RequeueAsync();

        var (result, by) = await RequeueAsync();

        Assert.That(result, Is.EqualTo(ResolutionResult.AlreadyResolved));
        var newest = await Server.CliAsync("XREVRANGE", "dead", "+", "-", "COUNT", "1");
        Assert.That(by, Is.EqualTo(newest.Split('\n')[0]));
        Assert.That(await LengthsAsync(), Is.EqualTo("2 2"));
    }

    [TestCase(255, ResolutionResult.Resolved)]
    [TestCase(256, ResolutionResult.Moved)]
    public async Task Resolve_MoreAppendedSinceTheLookThanTheScriptLooksAt_IsMoved(int more, ResolutionResult expected)
    {
        await Server.CliAsync(
            "EVAL", $"for i = 1, {more} do redis.call('XADD', 'dead', '*', 'resolves', '1-1') end", "0");

        var (result, _) = await RequeueAsync();

        Assert.That(result, Is.EqualTo(expected));
        Assert.That(await Server.CliAsync("XLEN", "in"), Is.EqualTo(expected == ResolutionResult.Moved ? "1" : "2"));
    }

    [Test]
    public async Task Resolve_OnAnotherServerProcessThanExamined_IsRestartedAndWritesNothing()
    {
        var (result, _) = await new LetterResolution(_control, "dead", "another").ResolveAsync(
            _letter, Note(), "entry", "in", Entry());

        Assert.That(result, Is.EqualTo(ResolutionResult.Restarted));
        Assert.That(await LengthsAsync(), Is.EqualTo("1 1"));
    }

    [TestCase("DEL in", "in is a none, expected a stream")]
    [TestCase("XADD in 18446744073709551615-5 a b", "in holds the largest id there is, nothing can follow it")]
    [TestCase("XADD dead 18446744073709551615-5 a b", "dead holds the largest id there is")]
    public async Task Resolve_WhenAStreamCannotTakeIt_SaysWhichAndWritesNothing(string command, string expected)
    {
        await Server.CliAsync(command.Split(' '));
        var before = await LengthsAsync();

        var (result, why) = await RequeueAsync();

        Assert.That(result, Is.EqualTo(ResolutionResult.Damaged));
        Assert.That(why, Does.StartWith(expected));
        Assert.That(await LengthsAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task Resolve_WhenTheUserMayNotAppend_SaysSoAndWritesNothing()
    {
        await Server.CliAsync("ACL", "SETUSER", "default", "-xadd");
        try
        {
            var (result, why) = await RequeueAsync();

            Assert.That((result, why), Is.EqualTo((ResolutionResult.Damaged, "this user may not XADD to dead")));
        }
        finally
        {
            await Server.CliAsync("ACL", "SETUSER", "default", "+xadd");
        }

        Assert.That(await LengthsAsync(), Is.EqualTo("1 1"));
    }

    [Test]
    public async Task Resolve_RedisAtItsMaxmemory_IsRefusedAndWritesNothing()
    {
        await Server.CliAsync("CONFIG", "SET", "maxmemory", "1");
        var error = Assert.ThrowsAsync<RefusedException>(RequeueAsync);
        await Server.CliAsync("CONFIG", "SET", "maxmemory", "0");

        Assert.That(error!.Message, Does.Contain("nothing was written").And.Contain("OOM").And.Contain("run the same"));
        Assert.That(await LengthsAsync(), Is.EqualTo("1 1"));
    }

    [TestCase(0)]
    [TestCase(1001)]
    public void Resolve_AnEntryTheScriptCannotPassOn_IsTheCallersFault(int count)
    {
        var fields = new FieldsBuilder();
        for (var field = 0; field < count; field++) fields.Add("a"u8, "b"u8);

        Assert.That(
            async () => await (await ResolutionAsync()).ResolveAsync(_letter, Note(), "entry", "in", fields.Build()),
            Throws.ArgumentException.With.Message.Contains($"{count} fields, expected 1 to 1000"));
    }

    [Test]
    public async Task Resolve_ByManyAtOnce_IsDoneByOne()
    {
        for (var round = 0; round < 20; round++)
        {
            await EmptyServerAsync();
            await AddAsync("bad");
            _letter = EntryId.Parse(await Server.CliAsync("XADD", "dead", "*", "stage", "copy"));
            var racers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ =>
                ControlConnection.ConnectAsync(Server.Options, Cancel)));
            var runId = await RunIdAsync();

            var results = await Task.WhenAll(racers.Select(racer => new LetterResolution(racer, "dead", runId)
                .ResolveAsync(_letter, Note(), "entry", "in", Entry())));

            foreach (var racer in racers) racer.Dispose();
            Assert.That(results.Count(result => result.Result == ResolutionResult.Resolved), Is.EqualTo(1));
            Assert.That(
                results.Count(result => result.Result == ResolutionResult.AlreadyResolved), Is.EqualTo(15));
            Assert.That(await LengthsAsync(), Is.EqualTo("2 2"));
        }
    }

    /// <summary>What a machine that loses power leaves: the file cut at any byte of the transaction.</summary>
    [Test]
    public async Task Resolve_WithItsTransactionCutAnywhereInTheFile_LeavesBothOrNone()
    {
        await using var server = await RedisServerProcess.StartAsync("--aof-load-truncated", "yes");
        await server.CliAsync("XADD", "in", "*", "text", "bad");
        _letter = EntryId.Parse(await server.CliAsync("XADD", "dead", "*", "stage", "copy"));
        var file = Directory.EnumerateFiles(Path.Combine(server.Directory, "appendonlydir"), "*.incr.aof").Single();
        var before = new FileInfo(file).Length;
        using (var control = await ControlConnection.ConnectAsync(server.Options, Cancel))
        {
            var runId = (await control.InfoAsync("server"))["run_id"];
            var resolution = new LetterResolution(control, "dead", runId);
            await resolution.ResolveAsync(_letter, Note(), "entry", "in", Entry());
        }

        await server.KillAsync();
        var bytes = await File.ReadAllBytesAsync(file);
        var written = Encoding.ASCII.GetString(bytes[(int)before..]);
        Assert.That(written, Does.StartWith("*1\r\n$5\r\nMULTI").And.EndWith("$4\r\nEXEC\r\n"));
        Assert.That(written.Split("XADD"), Has.Length.EqualTo(3), "both in one transaction");
        for (var length = (int)before; length < bytes.Length; length++)
        {
            await File.WriteAllBytesAsync(file, bytes[..length]);
            Assert.That(await RepairedAsync(file), Is.EqualTo(before), $"cut at {length} of {bytes.Length}");
        }

        for (var length = (int)before; length <= bytes.Length; length += Math.Max(1, (bytes.Length - (int)before) / 8))
        {
            await File.WriteAllBytesAsync(file, bytes[..length]);
            await server.StartAgainAsync();
            var lengths = await server.CliAsync("XLEN", "in") + " " + await server.CliAsync("XLEN", "dead");
            await server.KillAsync();
            Assert.That(lengths, Is.EqualTo(length == bytes.Length ? "2 2" : "1 1"), $"loaded, cut at {length}");
        }
    }

    [Test]
    public async Task Resolve_OnAServerWithoutMemory_IsRefusedWithItsWordsAndWritesNothing()
    {
        await Server.CliAsync("CONFIG", "SET", "maxmemory", "1");

        var refused = Assert.ThrowsAsync<RefusedException>(() => RequeueAsync());
        await Server.CliAsync("CONFIG", "SET", "maxmemory", "0");

        Assert.That(refused!.Message, Does.Match(
            $"^Redis at {Server.Endpoint} did not take the resolution, and nothing was written: OOM .*" +
            "Cure that, then run the same again.$"));
        Assert.That(await LengthsAsync(), Is.EqualTo("1 1"));
    }

    /// <summary>Length of the file that redis-check-aof leaves of one that was cut.</summary>
    private static async Task<long> RepairedAsync(string file)
    {
        var start = new ProcessStartInfo("redis-check-aof", ["--fix", file])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var check = Process.Start(start)!;
        await check.StandardInput.WriteLineAsync("y");
        check.StandardInput.Close();
        await check.StandardOutput.ReadToEndAsync(Cancel);
        await check.WaitForExitAsync(Cancel);
        return new FileInfo(file).Length;
    }

    private async Task<(ResolutionResult Result, string Detail)> RequeueAsync() =>
        await (await ResolutionAsync()).ResolveAsync(_letter, Note(), "entry", "in", Entry());

    private async Task<LetterResolution> ResolutionAsync() => new(_control, "dead", await RunIdAsync());

    private async Task<string> RunIdAsync() => (await _control.InfoAsync("server"))["run_id"];

    private async Task<string> LengthsAsync() =>
        await Server.CliAsync("XLEN", "in") + " " + await Server.CliAsync("XLEN", "dead");

    /// <summary>Its reason is the name of the field that takes the id: only the field may be taken for it.</summary>
    private Fields Note() => new FieldsBuilder()
        .Add("resolves"u8, Encoding.ASCII.GetBytes(_letter.ToString())).Add("entry"u8, ""u8)
        .Add("reason"u8, "entry"u8).Build();

    private static Fields Entry() => new FieldsBuilder().Add("text"u8, "good"u8).Build();
}
