using StackExchange.Redis;

namespace TradeOs.Bus;

/// <summary>The control plane: one shared connection for everything a person or a timer causes.</summary>
/// <remarks>
/// It reconnects by itself after a loss; until then every command fails at once. Only what StackExchange.Redis 1.2.6
/// and 3.x share is used. Stages never use it: a blocking read cannot share a connection.
/// </remarks>
public sealed class ControlConnection : IDisposable
{
    private static readonly TimeSpan ConnectWaitMax = TimeSpan.FromSeconds(3);

    private readonly ConnectionMultiplexer _multiplexer;
    private readonly RedisOptions _options;

    private ControlConnection(ConnectionMultiplexer multiplexer, RedisOptions options) =>
        (_multiplexer, _options) = (multiplexer, options);

    /// <summary>Where it is connected to, <c>host:port</c>.</summary>
    public string Endpoint => _options.Endpoint;

    /// <summary>How it was reached, and what is accepted of the server.</summary>
    public RedisOptions Options => _options;

    /// <summary>Connects, authenticates and makes sure of an answer: one attempt of a few seconds at most.</summary>
    /// <exception cref="BusUnavailableException">Nothing listens there, or it is not ready.</exception>
    /// <exception cref="RefusedException">The password is wrong or missing, or what listens is no Redis.</exception>
    public static async Task<ControlConnection> ConnectAsync(
        RedisOptions options, CancellationToken cancellationToken)
    {
        ThrowUnlessReady(await ServerProbe.AskAsync(options, cancellationToken), options.Endpoint);
        try
        {
            // Bounded by its ConnectTimeout; left alone half way it would go on reconnecting for ever.
            var multiplexer = await ConnectionMultiplexer.ConnectAsync(Configuration(options));
            var connection = new ControlConnection(multiplexer, options);
            await connection.PingOrDisposeAsync();
            return connection;
        }
        catch (RedisConnectionException failure)
        {
            throw Unavailable(options.Endpoint, failure);
        }
    }

    /// <summary>Sends one command and returns its answer.</summary>
    /// <exception cref="BusUnavailableException">The connection is lost, or no answer came in time.</exception>
    /// <exception cref="RedisServerException">The server answered with an error.</exception>
    public async Task<RedisResult> ExecuteAsync(string command, params object[] arguments)
    {
        try
        {
            // Version 1.2.6 lets an asynchronous command wait for ever when a server is stopped, not closed.
            return await _multiplexer.GetDatabase().ExecuteAsync(command, arguments)
                .WaitAsync(_options.CommandTimeout, TimeProvider.System);
        }
        catch (Exception failure) when (failure is RedisConnectionException or TimeoutException)
        {
            throw Unavailable(Endpoint, failure);
        }
    }

    /// <summary>Fields of one section of INFO, by name.</summary>
    /// <param name="section">Name of the section, e.g. <c>persistence</c>.</param>
    /// <exception cref="BusUnavailableException">The connection is lost, or no answer came in time.</exception>
    /// <exception cref="RedisServerException">The server answered with an error.</exception>
    public async Task<IReadOnlyDictionary<string, string>> InfoAsync(string section)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        var answer = (string?)await ExecuteAsync("INFO", section) ?? "";
        foreach (var line in answer.Split("\r\n"))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0) fields[line[..colon]] = line[(colon + 1)..];
        }

        return fields;
    }

    /// <summary>Value of one setting; null when this server does not know it.</summary>
    /// <param name="setting">Its exact name, e.g. <c>appendfsync</c>.</param>
    /// <exception cref="BusUnavailableException">The connection is lost, or no answer came in time.</exception>
    /// <exception cref="RedisServerException">CONFIG is not permitted.</exception>
    public async Task<string?> ConfigAsync(string setting)
    {
        var pair = (RedisResult[]?)await ExecuteAsync("CONFIG", "GET", setting);
        return pair is { Length: >= 2 } ? (string?)pair[1] : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Version 1.2.6 otherwise waits a second for the answer to a QUIT; every command of ours was awaited already.
        _multiplexer.Close(allowCommandsToComplete: false);
        _multiplexer.Dispose();
    }

    private async Task PingOrDisposeAsync()
    {
        try
        {
            await ExecuteAsync("PING");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private static void ThrowUnlessReady(ServerProbe probe, string endpoint)
    {
        if (probe.Presence == ServerPresence.Ready) return;
        throw probe.Presence switch
        {
            ServerPresence.Absent => new BusUnavailableException(
                $"Redis at {endpoint} cannot be reached: {probe.Answer}. " +
                "Start it, or set Redis:Endpoint to where it listens."),
            ServerPresence.NotReady => new BusUnavailableException(
                $"Redis at {endpoint} is not ready: {probe.Answer} Wait until it is."),
            ServerPresence.Refusing => new RefusedException(
                $"Redis at {endpoint} did not accept Redis:Password: {probe.Answer} " +
                "Set it to the password of Redis' 'default' user, or to \"\" when it has none."),
            _ => new RefusedException(
                $"What listens at {endpoint} is no Redis: it answered \"{probe.Answer}\" to PING, expected PONG. " +
                "Set Redis:Endpoint to where Redis listens."),
        };
    }

    private static BusUnavailableException Unavailable(string endpoint, Exception failure) => new(
        failure is TimeoutException
            ? $"Redis at {endpoint} gave no answer in time. Look whether its process is stopped or its disk is stuck."
            : $"The connection to Redis at {endpoint} is lost: {failure.Message} It is tried again.",
        failure);

    private static ConfigurationOptions Configuration(RedisOptions options)
    {
        var configuration = new ConfigurationOptions
        {
            AbortOnConnectFail = false,
            ClientName = "tradeos-control",
            ConfigurationChannel = "",
            ConnectRetry = 1,
            ConnectTimeout = (int)ConnectWaitMax.TotalMilliseconds,
            ReconnectRetryPolicy = new LinearRetry(200),
            ResolveDns = false,
            TieBreaker = "",
        };
        configuration.EndPoints.Add(options.HostName, options.Port);
        if (options.Password.Length > 0) configuration.Password = options.Password;
        return configuration;
    }
}
