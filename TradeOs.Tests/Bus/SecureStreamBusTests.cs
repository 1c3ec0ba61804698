using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Bus;

/// <summary>The contract over TLS with certificates on both sides, as a user who may do what is needed and no
/// more.</summary>
[TestFixture]
public sealed class TlsStreamBusTests : RedisStreamBusContract
{
    private readonly RestrictedServer _restricted = new();

    /// <summary>A handshake costs both sides some milliseconds, and each loser of a race makes several.</summary>
    protected override int RaceRounds => 3;

    protected override async Task<TestRedis> StartAsync() => await _restricted.StartAsync();

    protected override RedisOptions Options() => _restricted.TlsOptions;

    protected override Task<string> CliAsync(params string[] command) => _restricted.AdminAsync(command);

    [OneTimeTearDown]
    public override async Task StopServerAsync()
    {
        await base.StopServerAsync();
        _restricted.Dispose();
    }
}

/// <summary>The contract over a unix socket, as that user.</summary>
[TestFixture]
public sealed class UnixSocketStreamBusTests : RedisStreamBusContract
{
    private readonly RestrictedServer _restricted = new();

    protected override async Task<TestRedis> StartAsync() => await _restricted.StartAsync();

    protected override RedisOptions Options() => _restricted.UnixOptions;

    protected override Task<string> CliAsync(params string[] command) => _restricted.AdminAsync(command);

    [OneTimeTearDown]
    public override async Task StopServerAsync()
    {
        await base.StopServerAsync();
        _restricted.Dispose();
    }
}
