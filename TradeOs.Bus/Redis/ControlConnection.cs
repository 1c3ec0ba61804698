namespace TradeOs.Bus;

/// <summary>The control plane: one shared connection for everything a person or a timer causes.</summary>
/// <remarks>
/// After a loss it connects again by itself. Stages never use it: a blocking read cannot share a connection. It speaks
/// through StackExchange.Redis, and through a connection of our own where that library does not reach: unix sockets.
/// </remarks>
public sealed class ControlConnection : IDisposable
{
    private readonly IControlLink _link;

    private ControlConnection(IControlLink link, RedisOptions options) => (_link, Options) = (link, options);

    /// <summary>Where it is connected to, as it was typed.</summary>
    public string Endpoint => Options.Endpoint;

    /// <summary>How it was reached, and what is accepted of the server.</summary>
    public RedisOptions Options { get; }

    /// <summary>Connects, authenticates and makes sure of an answer: one attempt of a few seconds at most.</summary>
    /// <exception cref="BusUnavailableException">Nothing listens there, or it is not ready.</exception>
    /// <exception cref="RefusedException">The password is wrong or missing, or what listens is no Redis.</exception>
    public static Task<ControlConnection> ConnectAsync(
        RedisOptions options, CancellationToken cancellationToken) =>
        ConnectAsync(options, options.CommandTimeout, cancellationToken);

    /// <summary>The same, and each of its commands is given so long to be answered.</summary>
    internal static async Task<ControlConnection> ConnectAsync(
        RedisOptions options, TimeSpan answerWaitMax, CancellationToken cancellationToken)
    {
        ThrowUnlessReady(await ServerProbe.AskAsync(options, cancellationToken), options);
        var isUnix = options.Address.Transport == RedisTransport.Unix;
        IControlLink link = isUnix
            ? new DirectLink(options)
            : await MultiplexerLink.ConnectAsync(options, answerWaitMax);
        var connection = new ControlConnection(link, options);
        await connection.PingOrDisposeAsync();
        return connection;
    }

    /// <summary>Sends one command and returns its answer.</summary>
    /// <exception cref="BusUnavailableException">The connection is lost, or no answer came in time.</exception>
    /// <exception cref="RedisServerException">The server answered with an error.</exception>
    public Task<RedisResult> ExecuteAsync(string command, params object[] arguments) =>
        _link.ExecuteAsync(command, arguments);

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

    /// <summary>What a stream holds, now.</summary>
    /// <param name="stream">Key of a stream that is there.</param>
    /// <exception cref="BusUnavailableException">The connection is lost, or no answer came in time.</exception>
    /// <exception cref="RedisServerException">There is no such stream, or XINFO is not permitted.</exception>
    public async Task<StreamReport> InspectStreamAsync(string stream) =>
        RedisAnswers.Stream(await ExecuteAsync("XINFO", "STREAM", stream));

    /// <summary>Keyed state of a reader as last committed; empty when it has none.</summary>
    /// <exception cref="BusUnavailableException">The connection is lost, or no answer came in time.</exception>
    /// <exception cref="StreamDamagedException">Its key holds something else.</exception>
    public async Task<IReadOnlyDictionary<string, string>> StateAsync(string reader)
    {
        try
        {
            var words = (string[])(await ExecuteAsync("HGETALL", RedisKeys.State(reader)))!;
            return words.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        }
        catch (RedisServerException refusal)
            when (refusal.Message.StartsWith("WRONGTYPE", StringComparison.Ordinal))
        {
            throw Loss.Type(RedisKeys.State(reader), "key of another type", "hash");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _link.Dispose();

    /// <summary>What a lost connection is said to be.</summary>
    internal static BusUnavailableException Unavailable(string endpoint, Exception failure) => new(
        failure is TimeoutException
            ? $"Redis at {endpoint} gave no answer in time. Look whether its process is stopped or its disk is stuck."
            : $"The connection to Redis at {endpoint} is lost: {failure.Message} It is tried again.",
        failure);

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

    private static void ThrowUnlessReady(ServerProbe probe, RedisOptions options)
    {
        if (probe.Presence == ServerPresence.Ready) return;
        var endpoint = options.Endpoint;
        throw probe.Presence switch
        {
            ServerPresence.Absent => new BusUnavailableException(
                $"Redis at {endpoint} cannot be reached: {ServerStream.Absence(options, probe.Answer)}"),
            ServerPresence.NotReady => new BusUnavailableException(
                $"Redis at {endpoint} is not ready: {probe.Answer} Wait until it is."),
            ServerPresence.Refusing => RedisRefusal.Of(endpoint, probe.Answer),
            _ => new RefusedException(
                $"What listens at {endpoint} is no Redis: it answered \"{probe.Answer}\" to PING, expected PONG. " +
                "Set Redis:Endpoint to where Redis listens."),
        };
    }
}
