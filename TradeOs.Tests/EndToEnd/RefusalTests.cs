using NUnit.Framework;
using TradeOs.Stages;

namespace TradeOs.Tests.EndToEnd;

/// <summary>
/// What is wrong is said, with its exit code, before any stage starts and before anything is written.
/// </summary>
[TestFixture]
public sealed class RefusalTests
{
    [TestCase("Pipelin:BatchCountMax=5", "--set: unknown key 'Pipelin:BatchCountMax'; the sections are Account, ")]
    [TestCase(
        "Pipeline:BatchCount=5",
        "--set: unknown key 'Pipeline:BatchCount'; Pipeline has BatchCountMax, ReadWait, ChainCommits.")]
    [TestCase("Streams:fils:MaxLength=5", "--set: unknown stream 'fils' in Streams; the streams are market_data.raw, ")]
    [TestCase(
        "Streams:fills:MaxLength=0", "Streams:fills:MaxLength is 0, expected 512 (four batches of " +
        "Pipeline:BatchCountMax, 128) to 100000000.")]
    [TestCase("Streams:fills:MaxLength=many", "Streams:fills:MaxLength is \"many\", expected a whole number.")]
    [TestCase("Streams:fills:MaxAge=soon", "Streams:fills:MaxAge is \"soon\", expected a time such as 00:00:01.5.")]
    [TestCase("Streams:fills:MaxAge=00:00:00.5", "Streams:fills:MaxAge is 00:00:00.5000000, expected 00:00:01 to ")]
    [TestCase("Streams:fills:MaxBytes=10", "Streams:fills:MaxBytes is 10, expected 65536 or more, or none.")]
    [TestCase("Streams:fills:Archive=maybe", "Streams:fills:Archive is \"maybe\", expected true or false.")]
    [TestCase("Streams:fills:MaxLen=5", "a stream has MaxLength, MaxAge, MaxBytes, Archive.")]
    [TestCase("Feasibility:NotionalMax=-1", "--set: Feasibility:NotionalMax is \"-1\", it must be between ")]
    [TestCase("Pipeline:BatchCountMax=abc", "--set: Pipeline:BatchCountMax is \"abc\", expected a whole number.")]
    [TestCase("Redis:Mode=Cluster", "--set: Redis:Mode is \"Cluster\", expected one of the names of RedisMode.")]
    [TestCase("Redis:Endpoint=6379", "--set: Redis:Endpoint is \"6379\", it must be host:port, [IPv6]:port, redis://")]
    [TestCase("Redis:Endpoint=redis://me:secret@host:1", "Redis:Endpoint is \"redis://***@host:1\", it must not hold")]
    [TestCase("Redis:TlsCaFile=ca.pem", "--set: Redis:TlsCaFile is \"ca.pem\", it must be empty with Redis:Endpoint ")]
    [TestCase("Pipeline", "--set Pipeline: expected KEY=VALUE")]
    public async Task Run_WrongSetting_IsSaidAndExitsTwo(string setting, string message)
    {
        var result = await TradeOsProcess.RunAsync("run", "--feed", "none", "--until-idle", "--set", setting);

        Assert.That(result.ExitCode, Is.EqualTo(2), result.ToString());
        Assert.That(result.Error, Does.Contain(message));
    }

    [Test]
    public async Task Run_FileThatIsNotJson_NamesTheFile()
    {
        using var data = new TemporaryDirectory();
        var file = Path.Combine(data.Path, "appsettings.json");
        await File.WriteAllTextAsync(file, "{ \"Pipeline\": ");

        var result = await TradeOsProcess.RunAsync("config", "show", "--config", file);

        Assert.That((result.ExitCode, result.Error), Is.EqualTo((2, result.Error)));
        Assert.That(result.Error, Does.Contain($"{file} is not valid JSON"));
    }

    [TestCase(
        "",
        "expected one of run, status, doctor, check, tail, dead, skip, archive, config, readers, trim, halt, " +
        "reduce-only, resume.",
        "tail <STREAM>")]
    [TestCase("config", "expected one of show.", "Every option as resolved")]
    [TestCase("dead", "expected one of list, show, requeue, drop.", "drop <LETTER>")]
    public async Task Run_NoVerb_IsSaidWithTheHelpAndExitsTwo(string arguments, string expected, string help)
    {
        var result = await TradeOsProcess.RunAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.That(result.ExitCode, Is.EqualTo(2), result.ToString());
        Assert.That(result.Output, Is.Empty);
        Assert.That(
            result.Error, Does.StartWith("tradeos: no verb was given, " + expected).And.Contain(help));
    }

    [Test]
    public async Task Run_UnknownVerbOrOption_IsSaidAndExitsTwo()
    {
        var verb = await TradeOsProcess.RunAsync("runn");
        var option = await TradeOsProcess.RunAsync("run", "--untilidle");

        Assert.That((verb.ExitCode, option.ExitCode), Is.EqualTo((2, 2)));
        Assert.That(verb.Error, Does.Contain("'runn' is no verb, expected one of run, status, "));
        Assert.That(option.Error, Does.Contain("'--untilidle'"));
    }

    [Test]
    public async Task Run_RedisWithoutAppendOnlyFile_IsRefusedWithTheCure()
    {
        await using var redis = await RedisServerProcess.StartAsync("--appendonly", "no");
        using var data = new TemporaryDirectory();

        var result = await RunAsync(redis, data);

        Assert.That(result.ExitCode, Is.EqualTo(3), result.ToString());
        Assert.That(result.Error, Does.Contain("is not safe to trade on"));
        Assert.That(result.Error, Does.Contain("appendonly is \"no\", expected yes"));
        Assert.That(result.Error, Does.Contain("CONFIG SET appendonly yes"));
        Assert.That(await redis.CliAsync("DBSIZE"), Does.StartWith("0"));
    }

    [Test]
    public async Task Run_WrongPassword_IsRefused()
    {
        await using var redis = await RedisServerProcess.StartAsync("--requirepass", "right");
        using var data = new TemporaryDirectory();

        var wrong = await RunAsync(redis, data, "--set", "Redis:Password=wrong");
        var missing = await RunAsync(redis, data);
        var right = await RunAsync(redis, data, "--set", "Redis:Password=right");

        Assert.That((wrong.ExitCode, missing.ExitCode, right.ExitCode), Is.EqualTo((3, 3, 0)), right.ToString());
        Assert.That(wrong.Error, Does.Contain("did not accept Redis:Password: WRONGPASS").And.Not.Contain(".."));
        Assert.That(missing.Error, Does.Contain("Redis:Password").And.Contain("NOAUTH"));
    }

    [Test]
    public async Task Run_DataDirectoryThatCannotBeWritten_IsSaidAndExitsTwo()
    {
        using var data = new TemporaryDirectory();
        var file = Path.Combine(data.Path, "file");
        await File.WriteAllTextAsync(file, "");

        var result = await TradeOsProcess.RunAsync("run", "--data", file, "--feed", "none", "--until-idle");

        Assert.That(result.ExitCode, Is.EqualTo(2), result.ToString());
        Assert.That(result.Error, Does.Contain($"Data:Directory is \"{file}\"").And.Contain("--data DIR"));
    }

    [Test]
    public async Task Run_OptionOfRedisOnTheMemoryBus_IsRefused()
    {
        var result = await TradeOsProcess.RunAsync("run", "--bus", "memory", "--take-over", "--feed", "none");

        Assert.That(result.ExitCode, Is.EqualTo(2), result.ToString());
        Assert.That(result.Error, Does.Contain("--take-over is about Redis, and --bus memory uses none"));
    }

    [Test]
    public async Task Run_RedisStopsBeingDurableWhileItRuns_IsRefusedAndStatusSaysSo()
    {
        await using var redis = await RedisServerProcess.StartAsync();
        using var data = new TemporaryDirectory();
        await using var host = TradeOsProcess.Start(Arguments(redis, data, "--feed", "simulated:rate=50"));
        await Poll.UntilAsync(async () => (await redis.CliAsync("XLEN", "market_data.raw")).Trim() is not ("" or "0"));
        await redis.CliAsync("CONFIG", "SET", "appendfsync", "no");

        var ended = await host.EndAsync();
        var status = await TradeOsProcess.RunAsync("status", "--redis", redis.Endpoint);

        Assert.That(ended.ExitCode, Is.EqualTo(3), ended.ToString());
        Assert.That(ended.Error, Does.Contain("appendfsync is \"no\", expected always"));
        Assert.That(status.ExitCode, Is.EqualTo(1), status.ToString());
        Assert.That(status.Output, Does.Contain("appendfsync is \"no\""));
    }

    [Test]
    public async Task Run_NothingListensInExternalMode_IsSaidAndExitsTwo()
    {
        using var data = new TemporaryDirectory();
        var endpoint = $"127.0.0.1:{RedisServerProcess.FreePort()}";

        var result = await TradeOsProcess.RunAsync(
            "run", "--redis", endpoint, "--set", "Redis:Mode=External", "--data", data.Path,
            "--feed", "none", "--until-idle");

        Assert.That(result.ExitCode, Is.EqualTo(2), result.ToString());
        Assert.That(result.Error, Does.Contain($"Redis at {endpoint} cannot be reached").And.Contain("Redis:Endpoint"));
    }

    [Test]
    public async Task Run_EmptiedRedis_IsRefusedUntilAdopted()
    {
        await using var redis = await RedisServerProcess.StartAsync();
        using var data = new TemporaryDirectory();
        Assert.That((await RunAsync(redis, data)).ExitCode, Is.Zero);
        await redis.CliAsync("FLUSHALL");

        var refused = await RunAsync(redis, data);
        var adopted = await RunAsync(redis, data, "--adopt");

        Assert.That((refused.ExitCode, adopted.ExitCode), Is.EqualTo((3, 0)), adopted.ToString());
        Assert.That(
            refused.Error, Does.Contain("a wiped Redis must not look like a first install").And.Contain("--adopt"));
    }

    [Test]
    public async Task Run_SecondHost_IsRefusedNamingTheFirstAndTakeOverReplacesIt()
    {
        await using var redis = await RedisServerProcess.StartAsync();
        using var data = new TemporaryDirectory();
        await using var first = TradeOsProcess.Start(Arguments(redis, data, "--feed", "simulated:rate=50"));
        await Poll.UntilAsync(async () => await redis.CliAsync("XLEN", "market_data.raw") is not ("" or "0"));

        var second = await RunAsync(redis, data);
        var third = await RunAsync(redis, data, "--take-over");
        var ended = await first.EndAsync();

        Assert.That((second.ExitCode, third.ExitCode, ended.ExitCode), Is.EqualTo((3, 0, 3)), ended.ToString());
        var named = $"Host {Environment.MachineName}:{first.Id} runs the pipeline";
        Assert.That(second.Error, Does.Contain(named).And.Contain("--take-over"));
        Assert.That(ended.Error, Does.Contain("so that nothing is done twice"));
    }

    [Test]
    public async Task Run_StreamOfAnotherType_IsRefusedNamingIt()
    {
        await using var redis = await RedisServerProcess.StartAsync();
        using var data = new TemporaryDirectory();
        Assert.That((await RunAsync(redis, data)).ExitCode, Is.Zero);
        await redis.CliAsync("DEL", StreamNames.Fills);
        await redis.CliAsync("SET", StreamNames.Fills, "x");

        var result = await RunAsync(redis, data);

        Assert.That(result.ExitCode, Is.EqualTo(1), result.ToString());
        Assert.That(result.Error, Does.Contain("fills").And.Contain("string"));
    }

    private static Task<TradeOsResult> RunAsync(
        RedisServerProcess redis, TemporaryDirectory data, params string[] more) =>
        TradeOsProcess.RunAsync(Arguments(redis, data, ["--feed", "none", "--until-idle", "--json", .. more]));

    private static string[] Arguments(RedisServerProcess redis, TemporaryDirectory data, params string[] more) =>
        ["run", "--redis", redis.Endpoint, "--set", "Redis:Mode=External", "--data", data.Path, .. more];
}
