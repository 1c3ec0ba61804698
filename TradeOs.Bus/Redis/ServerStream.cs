using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace TradeOs.Bus;

/// <summary>Opens a stream of bytes to whatever listens at an endpoint: TCP, TLS or a unix socket.</summary>
internal static class ServerStream
{
    private static readonly TimeSpan WordWaitMax = TimeSpan.FromSeconds(1);

    /// <summary>Connects; with TLS, makes sure that the server is the one that is meant.</summary>
    /// <exception cref="SocketException">Nothing listens there.</exception>
    /// <exception cref="IOException">It ended the connection in the middle of the TLS handshake.</exception>
    /// <exception cref="RefusedException">Its certificate is not trusted, or it does not trust ours.</exception>
    public static async Task<Stream> OpenAsync(RedisOptions options, CancellationToken cancellationToken)
    {
        var address = options.Address;
        var socket = address.Transport == RedisTransport.Unix
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (address.Transport == RedisTransport.Unix)
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(address.Path), cancellationToken);
            else
                await socket.ConnectAsync(address.Host, address.Port, cancellationToken);
            var stream = new NetworkStream(socket, ownsSocket: true);
            return address.Transport == RedisTransport.Tls
                ? await SecureAsync(stream, options, new RedisTls(options), cancellationToken)
                : stream;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Why nothing could be opened there, and the next move: two sentences.</summary>
    public static string Absence(RedisOptions options, string failure)
    {
        const string start = "Start it, or set Redis:Endpoint to where it listens.";
        var (path, said) = (options.Address.Path, failure.TrimEnd('.'));
        if (path.Length == 0) return $"{said}. {start}";
        if (said == "Permission denied")
        {
            return $"{said}: user {Environment.UserName} may not use {path}. Join the group that owns it, or give " +
                "redis-server unixsocketperm 770 and that group.";
        }

        if (Directory.Exists(path)) return $"{path} is a directory, expected a socket. {start}";
        if (!File.Exists(path))
        {
            return $"there is no socket {path}. Start it with unixsocket {path}, or set Redis:Endpoint to where it " +
                "listens.";
        }

        try
        {
            // A socket cannot be opened as a file.
            using var file = File.OpenHandle(path);
            return $"{path} is an ordinary file, expected a socket. {start}";
        }
        catch (IOException)
        {
            return $"{said}: no server listens on the socket {path} any more. {start}";
        }
        catch (UnauthorizedAccessException)
        {
            return $"{said} on {path}. {start}";
        }
    }

    /// <summary>Whether the first exchange over TLS failed because the server did not like our certificate, or that we
    /// showed none; null when it was about something else.</summary>
    /// <remarks>With TLS 1.3 a server looks at it only after our side of the handshake is done. What we sent by then
    /// may reset the connection before its word is read, so it is asked once more, with nothing sent.</remarks>
    public static async Task<RefusedException?> RejectionAsync(
        RedisOptions options, Exception failure, CancellationToken cancellationToken)
    {
        if (options.Address.Transport != RedisTransport.Tls) return null;
        if (AlertIn(failure) is { } said) return Rejected(options, said);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(WordWaitMax);
        try
        {
            await using var stream = await OpenAsync(options, deadline.Token);
            _ = await stream.ReadAsync(new byte[1], deadline.Token);
            return null;
        }
        catch (RefusedException rejection)
        {
            return rejection;
        }
        catch (Exception second) when (second is IOException or SocketException or OperationCanceledException)
        {
            return AlertIn(second) is { } word ? Rejected(options, word) : null;
        }
    }

    /// <summary>As OpenSSL words what it was told by the other side.</summary>
    private static string? AlertIn(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
            if (cause.Message.Contains(" alert ", StringComparison.Ordinal)) return cause.Message;
        return null;
    }

    private static async Task<Stream> SecureAsync(
        NetworkStream stream, RedisOptions options, RedisTls tls, CancellationToken cancellationToken)
    {
        var secure = new SslStream(stream, leaveInnerStreamOpen: false);
        try
        {
            var client = new SslClientAuthenticationOptions
            {
                TargetHost = options.Address.Host,
                EnabledSslProtocols = RedisTls.Protocols,
                RemoteCertificateValidationCallback = tls.IsTrusted,
                ClientCertificates = tls.Certificate is { } ours ? [ours] : null,
            };
            await secure.AuthenticateAsClientAsync(client, cancellationToken);
            return secure;
        }
        catch (AuthenticationException failure)
        {
            if (tls.Distrust is { } reason) throw new RefusedException($"Redis at {options.Endpoint}: {reason}");
            if (AlertIn(failure) is { } said) throw Rejected(options, said);
            throw new IOException(
                $"the TLS handshake failed: {failure.InnerException?.Message ?? failure.Message}", failure);
        }
    }

    private static RefusedException Rejected(RedisOptions options, string said) => new(
        options.TlsCertificateFile.Length == 0
            ? $"Redis at {options.Endpoint} wants a certificate of its clients and was shown none ({said}). Set " +
                "Redis:TlsCertificateFile and Redis:TlsKeyFile to one signed by its tls-ca-cert-file, or give " +
                "redis-server tls-auth-clients no."
            : $"Redis at {options.Endpoint} did not accept the certificate {options.TlsCertificateFile} ({said}), " +
                "expected one that is valid now and signed by its tls-ca-cert-file. Set Redis:TlsCertificateFile and " +
                "Redis:TlsKeyFile to such a pair.");
}
