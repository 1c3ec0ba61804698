using System.Net;
using StackExchange.Redis;

namespace TradeOs.Bus;

/// <summary>The control plane over StackExchange.Redis: TCP, plain or inside TLS.</summary>
/// <remarks>
/// It reconnects by itself after a loss; until then every command fails at once. Only what its versions 1.2.6 and 3.x
/// share is used.
/// </remarks>
internal sealed class MultiplexerLink : IControlLink
{
    private static readonly TimeSpan ConnectWaitMax = TimeSpan.FromSeconds(3);

    /// <summary>What has no use here and would have to be permitted, and the second connection for it. Not CLUSTER: a
    /// cluster node must be told apart.</summary>
    private static readonly HashSet<string> Unused = ["SENTINEL", "SUBSCRIBE"];

    private readonly ConnectionMultiplexer _multiplexer;
    private readonly RedisOptions _options;
    private readonly TimeSpan _answerWaitMax;

    private MultiplexerLink(ConnectionMultiplexer multiplexer, RedisOptions options, TimeSpan answerWaitMax) =>
        (_multiplexer, _options, _answerWaitMax) = (multiplexer, options, answerWaitMax);

    /// <summary>One attempt of a few seconds at most.</summary>
    /// <exception cref="BusUnavailableException">Nothing answers.</exception>
    public static async Task<MultiplexerLink> ConnectAsync(RedisOptions options, TimeSpan answerWaitMax)
    {
        try
        {
            // Bounded by its ConnectTimeout; left alone half way it would go on reconnecting for ever.
            return new MultiplexerLink(
                await ConnectionMultiplexer.ConnectAsync(Configuration(options)), options, answerWaitMax);
        }
        catch (RedisConnectionException failure)
        {
            throw ControlConnection.Unavailable(options.Endpoint, failure);
        }
    }

    /// <inheritdoc/>
    public async Task<RedisResult> ExecuteAsync(string command, object[] arguments)
    {
        try
        {
            // Version 1.2.6 lets an asynchronous command wait for ever when a server is stopped, not closed.
            return new Result(await _multiplexer.GetDatabase().ExecuteAsync(command, arguments)
                .WaitAsync(_answerWaitMax, TimeProvider.System));
        }
        catch (StackExchange.Redis.RedisServerException refusal)
        {
            throw new RedisServerException(refusal.Message, refusal);
        }
        catch (Exception failure) when (failure is RedisConnectionException or TimeoutException)
        {
            throw ControlConnection.Unavailable(_options.Endpoint, failure);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Version 1.2.6 otherwise waits a second for the answer to a QUIT; every command of ours was awaited already.
        _multiplexer.Close(allowCommandsToComplete: false);
        _multiplexer.Dispose();
    }

    private static ConfigurationOptions Configuration(RedisOptions options)
    {
        var address = options.Address;
        var configuration = new ConfigurationOptions
        {
            AbortOnConnectFail = false,
            ClientName = "tradeos-control",
            CommandMap = CommandMap.Create(Unused, available: false),
            ConfigurationChannel = "",
            ConnectRetry = 1,
            ConnectTimeout = (int)ConnectWaitMax.TotalMilliseconds,
            ReconnectRetryPolicy = new LinearRetry(200),
            ResolveDns = false,
            TieBreaker = "",
        };
        configuration.EndPoints.Add(IPAddress.TryParse(address.Host, out var ip)
            ? new IPEndPoint(ip, address.Port)
            : new DnsEndPoint(address.Host, address.Port));
        if (options.Password.Length > 0) configuration.Password = options.Password;
        if (address.Transport == RedisTransport.Tls) Secure(configuration, new RedisTls(options), address.Host);
        return configuration;
    }

    private static void Secure(ConfigurationOptions configuration, RedisTls tls, string host)
    {
        (configuration.Ssl, configuration.SslHost, configuration.SslProtocols) = (true, host, RedisTls.Protocols);
        configuration.CertificateValidation += tls.IsTrusted;
        if (tls.Certificate is { } certificate) configuration.CertificateSelection += (_, _, _, _, _) => certificate;
    }

    private sealed class Result(StackExchange.Redis.RedisResult result) : RedisResult
    {
        public override bool IsNull => result.IsNull;

        private protected override byte[]? Bytes => (byte[]?)result;

        private protected override string? Text => (string?)result;

        private protected override RedisResult[]? Items => ((StackExchange.Redis.RedisResult[]?)result)?
            .Select(item => (RedisResult)new Result(item)).ToArray();
    }
}
