using System.Globalization;
using System.Net.Sockets;

namespace TradeOs.Bus;

/// <summary>One connection of one reader: writes commands together, reads replies one after another.</summary>
/// <remarks>
/// A blocking read cannot share a connection, so each reader owns one. Any failure makes the connection useless:
/// it is closed and the reader opened again. One thread at a time.
/// </remarks>
internal sealed class DataConnection : IDisposable
{
    /// <summary>Largest reply kept, in bytes: the state of a reader may be large.</summary>
    public const int ReplyBytesMax = 64 * 1024 * 1024;

    /// <summary>Largest reply of entries kept, in bytes: what outsiders write must not fill our memory.</summary>
    public const int EntriesBytesMax = 8 * 1024 * 1024;

    /// <summary>Bytes kept of a reply whose rest is skipped.</summary>
    public const int BeginningBytes = 8 * 1024;

    private readonly Stream _stream;
    private readonly string _endpoint;
    private readonly int _replyBytesMax;
    private readonly int _entriesBytesMax;
    private readonly TimeProvider _time;
    private readonly ReplyBuffer _replies = new();
    private CancellationTokenSource _deadline;
    private TimeSpan _timeout;
    private long _waitingSince;
    private long _extraTicks;
    private volatile bool _isAbandoned;

    private DataConnection(Stream stream, RedisOptions options, TimeProvider time)
    {
        (_stream, _endpoint, _timeout, _time) = (stream, options.Endpoint, options.ConnectTimeout, time);
        _replyBytesMax = options.ReplyBytesMax;
        _entriesBytesMax = Math.Min(options.ReplyBytesMax, EntriesBytesMax);
        _deadline = NewDeadline();
    }

    /// <summary>Commands waiting to be sent.</summary>
    public RespWriter Commands { get; } = new();

    /// <summary>Connects and authenticates.</summary>
    /// <exception cref="BusUnavailableException">Nothing answers there.</exception>
    /// <exception cref="RefusedException">The password is wrong or missing, or one side of TLS does not trust the
    /// other.</exception>
    public static async Task<DataConnection> ConnectAsync(
        RedisOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var stream = await ServerStream.OpenAsync(options, deadline.Token);
            var connection = new DataConnection(stream, options, time);
            await using var abandoning = cancellationToken.UnsafeRegister(_ => connection.Abandon(), null);
            await connection.AuthenticateOrDisposeAsync(options, deadline.Token);
            connection._timeout = options.CommandTimeout;
            return connection;
        }
        catch (Exception failure) when (failure is SocketException or IOException)
        {
            throw new BusUnavailableException(
                $"Redis at {options.Endpoint} cannot be reached: {ServerStream.Absence(options, failure.Message)}",
                failure);
        }
        catch (Exception failure) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested
            && failure is OperationCanceledException or BusUnavailableException)
        {
            throw new BusUnavailableException(NoAnswer(options.Endpoint, options.ConnectTimeout), failure);
        }
    }

    /// <summary>Sends what was written to <see cref="Commands"/>.</summary>
    /// <exception cref="BusUnavailableException">The connection is lost.</exception>
    public async ValueTask SendAsync()
    {
        try
        {
            _deadline.CancelAfter(_timeout);
            await _stream.WriteAsync(Commands.Written, _deadline.Token);
            ResetDeadline();
        }
        catch (Exception failure) when (IsLoss(failure))
        {
            throw Lost(failure);
        }
        finally
        {
            Commands.Clear();
        }
    }

    /// <summary>Bytes of memory the connection holds for replies.</summary>
    public int HeldBytes => _replies.HeldBytes;

    /// <summary>The next reply, complete. Its memory is valid until the next call.</summary>
    /// <param name="extra">How much longer than usual the server may take, for a command that blocks.</param>
    /// <exception cref="BusUnavailableException">The connection is lost, or no answer came in time.</exception>
    public ValueTask<RespCursor> ReceiveAsync(TimeSpan extra = default) => ReceiveAsync(_replyBytesMax, extra);

    /// <summary>The next reply, complete, as long as it is no larger than entries may be.</summary>
    /// <param name="extra">How much longer than usual the server may take, for a command that blocks.</param>
    /// <exception cref="BusUnavailableException">The connection is lost, no answer came in time, or the reply was
    /// larger.</exception>
    public ValueTask<RespCursor> ReceiveEntriesAsync(TimeSpan extra) => ReceiveAsync(_entriesBytesMax, extra);

    /// <summary>The next reply; of one that is larger than entries may be only its beginning, the rest is
    /// skipped.</summary>
    /// <param name="extra">How much longer than usual the server may take, for a command that blocks.</param>
    /// <returns>The reply and how many bytes of its end were skipped.</returns>
    /// <exception cref="BusUnavailableException">The connection is lost, or no answer came in time.</exception>
    public async ValueTask<(RespCursor Beginning, long SkippedBytes)> ReceiveBeginningAsync(TimeSpan extra = default)
    {
        try
        {
            return (await WholeAsync(_entriesBytesMax, extra), 0);
        }
        catch (ReplyTooLargeException)
        {
            return await BeginningAsync();
        }
        catch (Exception failure) when (IsLoss(failure))
        {
            throw Lost(failure);
        }
    }

    /// <summary>Sends one command and returns its reply; an error reply is thrown.</summary>
    public async ValueTask<RespCursor> AskAsync(params string[] words)
    {
        Commands.Command(words);
        await SendAsync();
        return ThrowIfError(await ReceiveAsync(), words);
    }

    /// <summary>Gives the connection up when an answer is overdue for longer; any thread may call it.</summary>
    public void AbandonIfSilent(TimeSpan silenceMax)
    {
        var since = Interlocked.Read(ref _waitingSince);
        var patience = TimeSpan.FromTicks(Interlocked.Read(ref _extraTicks)) + silenceMax;
        if (since != 0 && _time.GetElapsedTime(since) > patience) Abandon();
    }

    private void Abandon()
    {
        _isAbandoned = true;
        try { _deadline.Cancel(); }
        catch (ObjectDisposedException)
        {
            // The answer came, or the connection was closed, in this very moment.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream.Dispose();
        _deadline.Dispose();
    }

    /// <summary>Sends one command and returns its reply, or the beginning of one that entries make too large; an error
    /// reply is thrown.</summary>
    public async ValueTask<RespCursor> AskBeginningAsync(params string[] words)
    {
        Commands.Command(words);
        await SendAsync();
        return ThrowIfError((await ReceiveBeginningAsync()).Beginning, words);
    }

    /// <summary>Turns an error reply to <paramref name="command"/> into the exception its kind calls for.</summary>
    public static RespCursor ThrowIfError(RespCursor reply, params string[] command)
    {
        if (!reply.IsError) return reply;
        var error = reply.Line();
        throw error.Split(' ')[0] switch
        {
            "NOAUTH" or "WRONGPASS" or "NOPERM" or "READONLY" or "NOREPLICAS" => RedisRefusal.Of("", error),
            var word when word is "NOSCRIPT" || RedisAnswers.IsNotReady(word) =>
                new BusUnavailableException($"Redis is not ready: {error}"),
            "NOGROUP" or "WRONGTYPE" or "UNBLOCKED" => Loss.Refused(error, command),
            _ when RedisAnswers.IsAboutAMissingKey(error) => Loss.Refused(error, command),
            _ when RedisRefusal.Permission(error) is not null => RedisRefusal.Of("", error),
            _ => new RefusedException($"Redis refused a command: {error} Run tradeos doctor: it looks for the cause."),
        };
    }

    private async Task AuthenticateOrDisposeAsync(RedisOptions options, CancellationToken cancellationToken)
    {
        try
        {
            await AuthenticateAsync(options.Password);
        }
        catch (BusUnavailableException failure)
        {
            Dispose();
            if (await ServerStream.RejectionAsync(options, failure, cancellationToken) is { } rejection)
                throw rejection;
            throw;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private async Task AuthenticateAsync(string password)
    {
        if (password.Length > 0) Commands.Command("AUTH", password);
        Commands.Command("PING");
        await SendAsync();
        var answer = await ReceiveAsync();
        if (password.Length > 0 && answer.IsError && answer.Line() is { } error)
            throw RedisRefusal.Of(_endpoint, error);
        if (password.Length > 0) answer = await ReceiveAsync();
        _ = ThrowIfError(answer);
    }

    private async ValueTask<RespCursor> ReceiveAsync(int bytesMax, TimeSpan extra)
    {
        try
        {
            return await WholeAsync(bytesMax, extra);
        }
        catch (Exception failure) when (IsLoss(failure))
        {
            throw Lost(failure);
        }
    }

    private async ValueTask<RespCursor> WholeAsync(int bytesMax, TimeSpan extra)
    {
        _replies.Release();
        RespCursor reply;
        while (!_replies.TryTake(out reply)) await FillAsync(bytesMax, extra);
        return reply;
    }

    private async ValueTask<(RespCursor Beginning, long SkippedBytes)> BeginningAsync()
    {
        try
        {
            while (_replies.WaitingBytes < BeginningBytes) await FillAsync(_entriesBytesMax, TimeSpan.Zero);
            var beginning = _replies.Peek(BeginningBytes);
            var length = 0L;
            while (true)
            {
                length += _replies.Drop(out var isWhole);
                if (isWhole) return (new RespCursor(beginning), length - beginning.Length);
                await FillAsync(_entriesBytesMax, TimeSpan.Zero);
            }
        }
        catch (Exception failure) when (IsLoss(failure))
        {
            throw Lost(failure);
        }
    }

    private async ValueTask FillAsync(int bytesMax, TimeSpan extra)
    {
        _replies.MakeRoom(bytesMax);
        Interlocked.Exchange(ref _extraTicks, extra.Ticks);
        Interlocked.Exchange(ref _waitingSince, _time.GetTimestamp());
        _deadline.CancelAfter(_timeout + extra);
        var count = await _stream.ReadAsync(_replies.Room, _deadline.Token);
        Interlocked.Exchange(ref _waitingSince, 0);
        ResetDeadline();
        if (count == 0) throw new IOException("the server closed the connection");
        _replies.Add(count);
    }

    private void ResetDeadline()
    {
        if (_deadline.TryReset()) return;
        _deadline.Dispose();
        _deadline = NewDeadline();
    }

    private CancellationTokenSource NewDeadline() => new(Timeout.InfiniteTimeSpan, _time);

    private static bool IsLoss(Exception failure) =>
        failure is IOException or SocketException or ObjectDisposedException or OperationCanceledException
            or RespProtocolException or ReplyTooLargeException;

    private BusUnavailableException Lost(Exception failure) => new(failure switch
    {
        OperationCanceledException when _isAbandoned =>
            $"A connection to Redis at {_endpoint} is dead, while Redis answers others.",
        OperationCanceledException => NoAnswer(_endpoint, _timeout),
        _ => $"The connection to Redis at {_endpoint} is lost: {failure.Message}.",
    }, failure);

    private static string NoAnswer(string endpoint, TimeSpan timeout) => string.Create(
        CultureInfo.InvariantCulture, $"Redis at {endpoint} gave no answer in {timeout.TotalSeconds:0.#} s.");
}
