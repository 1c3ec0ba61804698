using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace TradeOs.Bus;

/// <summary>What is found at the endpoint of a server.</summary>
public enum ServerPresence
{
    /// <summary>Nothing listens, or nothing answers.</summary>
    Absent,

    /// <summary>A Redis that cannot be asked yet: it loads its data, or it is busy.</summary>
    NotReady,

    /// <summary>A Redis that refuses the password, or the lack of one.</summary>
    Refusing,

    /// <summary>Something that does not speak Redis' protocol.</summary>
    Foreign,

    /// <summary>A Redis that answers.</summary>
    Ready,
}

/// <summary>One question to whatever listens at an endpoint.</summary>
/// <remarks>Asked on a socket of its own: StackExchange.Redis tells a wrong password and a closed port alike.</remarks>
/// <param name="Presence">What is there.</param>
/// <param name="Answer">What it said, or why it said nothing.</param>
public sealed record ServerProbe(ServerPresence Presence, string Answer)
{
    private static readonly TimeSpan AnswerWaitMax = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan SecondLookMax = TimeSpan.FromSeconds(1);

    /// <summary>Connects, authenticates and sends one PING; waits a few seconds at most.</summary>
    /// <exception cref="RefusedException">TLS: the server is not trusted or does not trust us, or the endpoint is of
    /// the wrong kind for what listens there.</exception>
    public static async Task<ServerProbe> AskAsync(RedisOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            return await AskOnceAsync(options, AnswerWaitMax, cancellationToken);
        }
        catch (SocketException failure)
        {
            return new ServerProbe(ServerPresence.Absent, failure.Message);
        }
        catch (IOException failure)
        {
            if (await ServerStream.RejectionAsync(options, failure, cancellationToken) is { } rejection)
                throw rejection;
            await ThrowIfOtherTransportAsync(options, cancellationToken);
            return new ServerProbe(ServerPresence.Absent, failure.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            if (options.Address.Transport == RedisTransport.Tls)
                await ThrowIfOtherTransportAsync(options, cancellationToken);
            return new ServerProbe(ServerPresence.Absent, $"no answer in {AnswerWaitMax.TotalSeconds:0} s");
        }
    }

    private static async Task<ServerProbe> AskOnceAsync(
        RedisOptions options, TimeSpan waitMax, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(waitMax);
        await using var stream = await ServerStream.OpenAsync(options, deadline.Token);
        using var reader = new StreamReader(stream, Encoding.UTF8, false, 256, leaveOpen: true);
        if (options.Password.Length > 0)
        {
            var accepted = await AskAsync(stream, reader, deadline.Token, "AUTH", options.Password);
            if (accepted != "+OK") return Judge(accepted);
        }

        return Judge(await AskAsync(stream, reader, deadline.Token, "PING"));
    }

    private static async Task<string> AskAsync(
        Stream stream, StreamReader reader, CancellationToken cancellationToken, params string[] words)
    {
        var command = new RespWriter();
        command.Command(words);
        await stream.WriteAsync(command.Written, cancellationToken);
        return await reader.ReadLineAsync(cancellationToken) ?? throw new IOException("the connection was closed");
    }

    private static ServerProbe Judge(string answer) => new(
        answer switch
        {
            _ when answer.Split(' ')[0] == "+PONG" => ServerPresence.Ready,
            _ when answer.StartsWith('-') && RedisAnswers.IsNotReady(answer[1..]) => ServerPresence.NotReady,
            _ when answer.StartsWith('-') => ServerPresence.Refusing,
            _ => ServerPresence.Foreign,
        },
        answer.TrimStart('-', '+'));

    /// <summary>A TLS port hangs up on plain text, and a plain one waits for the end of a line that never comes: what
    /// listens is addressed once more, the other way.</summary>
    private static async Task ThrowIfOtherTransportAsync(RedisOptions options, CancellationToken cancellationToken)
    {
        var (transport, host, port) = (options.Address.Transport, options.Address.Host, options.Address.Port);
        if (host.Contains(':', StringComparison.Ordinal)) host = $"[{host}]";
        if (transport == RedisTransport.Tls && await SpeaksPlainAsync($"{host}:{port}", cancellationToken))
        {
            throw new RefusedException(
                $"Redis at {options.Endpoint} speaks plain TCP on port {port}, expected TLS. Set Redis:Endpoint to " +
                $"{host}:{port}, or to its tls-port.");
        }

        if (transport == RedisTransport.Tcp && await SpeaksTlsAsync(options, cancellationToken))
        {
            throw new RefusedException(
                $"What listens at {options.Endpoint} speaks TLS, expected plain TCP. Set Redis:Endpoint to " +
                $"rediss://{host}:{port}, and Redis:TlsCaFile to the CA of its certificate.");
        }
    }

    private static async Task<bool> SpeaksPlainAsync(string endpoint, CancellationToken cancellationToken)
    {
        try
        {
            var plain = await AskOnceAsync(
                new RedisOptions { Endpoint = endpoint }, SecondLookMax, cancellationToken);
            return plain.Presence != ServerPresence.Foreign;
        }
        catch (Exception failure) when (IsSilence(failure, cancellationToken))
        {
            return false;
        }
    }

    private static async Task<bool> SpeaksTlsAsync(RedisOptions options, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(SecondLookMax);
        var isServer = false;
        try
        {
            await using var stream = await ServerStream.OpenAsync(options, deadline.Token);
            await using var secure = new SslStream(stream);
            await secure.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = options.Address.Host,

                    // Nothing is sent to it: that it has a certificate at all is the answer.
                    RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                    {
                        isServer = certificate is not null;
                        return false;
                    },
                },
                deadline.Token);
        }
        catch (Exception failure) when (
            failure is AuthenticationException || IsSilence(failure, cancellationToken))
        {
            // What matters was seen on the way.
        }

        return isServer;
    }

    private static bool IsSilence(Exception failure, CancellationToken cancellationToken) =>
        failure is SocketException or IOException ||
        (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested);
}
