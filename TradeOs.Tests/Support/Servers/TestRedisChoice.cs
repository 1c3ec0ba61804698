using System.Text.RegularExpressions;
using NUnit.Framework;

namespace TradeOs.Tests;

/// <summary>The kinds of server that tests can run on.</summary>
public enum TestRedisKind
{
    /// <summary>A redis-server of this machine, one process for each fixture.</summary>
    Process,

    /// <summary>One server that somebody else runs.</summary>
    External,

    /// <summary>A container for each fixture, by Docker's own command.</summary>
    Docker,

    /// <summary>A container for each fixture, by the package Testcontainers.Redis.</summary>
    Testcontainers,
}

/// <summary>Which kind of server the tests run on: the value of TRADEOS_TEST_REDIS.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Target">Endpoint of an external server, image of a container; else empty.</param>
public sealed partial record TestRedisChoice(TestRedisKind Kind, string Target)
{
    /// <summary>Name of the environment variable.</summary>
    public const string Variable = "TRADEOS_TEST_REDIS";

    private const string ImageByDefault = "redis:7.2";

    /// <summary>The choice of this run.</summary>
    public static TestRedisChoice Current { get; } = Parse(Environment.GetEnvironmentVariable(Variable));

    /// <summary>Reads a value of the variable; null and empty are the default.</summary>
    /// <exception cref="ArgumentException">It is none of the forms.</exception>
    public static TestRedisChoice Parse(string? text)
    {
        if (string.IsNullOrEmpty(text)) return new TestRedisChoice(TestRedisKind.Process, "");

        // A machine may be called docker: what looks like a port is one.
        if (EndpointPattern().IsMatch(text)) return new TestRedisChoice(TestRedisKind.External, text);
        var (kind, image) = text.Split(':', 2) is [var word, var rest] ? (word, rest) : (text, ImageByDefault);
        return kind switch
        {
            "docker" when image.Length > 0 => new TestRedisChoice(TestRedisKind.Docker, image),
            "testcontainers" when image.Length > 0 => new TestRedisChoice(TestRedisKind.Testcontainers, image),
            _ => throw new ArgumentException(
                $"{Variable} is \"{text}\", expected HOST:PORT of a server that the tests may empty, docker[:IMAGE] " +
                "or testcontainers[:IMAGE]. Unset it to run on redis-server processes of this machine."),
        };
    }

    /// <summary>Reports a test as ignored that needs what this kind does not give.</summary>
    public IgnoreException Lacks(string what) => new(
        $"This test needs {what}, which {Variable}={this} does not give. It runs when {Variable} is not set.");

    /// <summary>As it is written in the variable.</summary>
    public override string ToString() => Kind switch
    {
        TestRedisKind.Process => "",
        TestRedisKind.External => Target,
        TestRedisKind.Docker => "docker:" + Target,
        _ => "testcontainers:" + Target,
    };

    internal async Task<TestRedis> StartAsync(string[] extraArguments) => Kind switch
    {
        TestRedisKind.Process => await RedisServerProcess.StartAsync(extraArguments),
        TestRedisKind.External when extraArguments.Length > 0 =>
            throw Lacks($"a server started with {string.Join(' ', extraArguments)}"),
        TestRedisKind.External => await ExternalRedis.StartAsync(Target),
        TestRedisKind.Docker => await DockerRedis.StartAsync(Target, extraArguments),
#if TESTCONTAINERS
        _ => await TestcontainersRedis.StartAsync(Target, extraArguments),
#else
        _ => throw new InvalidOperationException(
            $"{Variable}={this}: these tests were built without Testcontainers, because not every package feed " +
            "carries what it needs. Build them with -p:TestcontainersVersion=4.13.0, or use docker:IMAGE."),
#endif
    };

    [GeneratedRegex(@"^[^\s:]+:\d{1,5}$")]
    private static partial Regex EndpointPattern();
}
