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

    private const int BufferBytes = 64 * 1024;
    private const int SpareBytesMax = 1024 * 1024;

    private readonly Socket _socket;
    private readonly Stream _stream;
    private readonly string _endpoint;
    private readonly TimeSpan _timeout;
    private readonly int _replyBytesMax;
    private readonly int _entriesBytesMax;
    private readonly TimeProvider _time;
    private CancellationTokenSource _deadline;
    private RespScanner _scanner;
    private byte[] _buffer = new byte[BufferBytes];
    private int _start;
    private int _end;

    private DataConnection(Socket socket, RedisOptions options, TimeProvider time)
    {
        (_socket, _endpoint, _timeout, _time) = (socket, options.Endpoint, options.CommandTimeout, time);
        _replyBytesMax = options.ReplyBytesMax;
        _entriesBytesMax = Math.Min(options.ReplyBytesMax, EntriesBytesMax);
        _stream = new NetworkStream(socket, ownsSocket: true);
        _deadline = NewDeadline();
    }

    /// <summary>Commands waiting to be sent.</summary>
    public RespWriter Commands { get; } = new();

    /// <summary>Connects and authenticates.</summary>
    /// <exception cref="BusUnavailableException">Nothing answers there.</exception>
    /// <exception cref="RefusedException">The password is wrong or missing.</exception>
    public static async Task<DataConnection> ConnectAsync(
        RedisOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var timeout = new CancellationTokenSource(options.CommandTimeout, time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await socket.ConnectAsync(options.HostName, options.Port, deadline.Token);
            var connection = new DataConnection(socket, options, time);
            await connection.AuthenticateAsync(options.Password);
            return connection;
        }
        catch (SocketException failure)
        {
            socket.Dispose();
            throw new BusUnavailableException(
                $"Redis at {options.Endpoint} cannot be reached: {failure.Message}.", failure);
        }
        catch (OperationCanceledException failure) when (!cancellationToken.IsCancellationRequested)
        {
            socket.Dispose();
            throw new BusUnavailableException(NoAnswer(options.Endpoint, options.CommandTimeout), failure);
        }
        catch
        {
            socket.Dispose();
            throw;
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
    public int HeldBytes => _buffer.Length;

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
        return ThrowIfError(await ReceiveAsync());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
        _deadline.Dispose();
    }

    /// <summary>Sends one command and returns its reply, or the beginning of one that entries make too large; an error
    /// reply is thrown.</summary>
    public async ValueTask<RespCursor> AskBeginningAsync(params string[] words)
    {
        Commands.Command(words);
        await SendAsync();
        return ThrowIfError((await ReceiveBeginningAsync()).Beginning);
    }

    /// <summary>Turns an error reply into the exception its kind calls for.</summary>
    public static RespCursor ThrowIfError(RespCursor reply)
    {
        if (!reply.IsError) return reply;
        var error = reply.Line();
        throw error.Split(' ')[0] switch
        {
            "NOAUTH" or "WRONGPASS" or "NOPERM" => new RefusedException(
                $"Redis refused us: {error} Set Redis:Password to the password of its 'default' user."),
            "LOADING" or "MASTERDOWN" or "BUSY" or "NOSCRIPT" or "MISCONF" or "OOM" =>
                new BusUnavailableException($"Redis is not ready: {error}"),
            "NOGROUP" or "WRONGTYPE" or "UNBLOCKED" =>
                new StreamDamagedException($"A stream is not what it was: {error}"),
            _ => new RefusedException($"Redis refused a command: {error}"),
        };
    }

    private async Task AuthenticateAsync(string password)
    {
        if (password.Length > 0) Commands.Command("AUTH", password);
        Commands.Command("PING");
        await SendAsync();
        var answer = await ReceiveAsync();
        if (password.Length > 0 && answer.IsError && answer.Line() is { } error)
        {
            throw new RefusedException(
                $"Redis at {_endpoint} did not accept Redis:Password: {error} Set it to the password of Redis' " +
                "'default' user, or to \"\" when it has none.");
        }

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
        if (_start == _end) Release();
        int length;
        while ((length = _scanner.Scan(_buffer.AsSpan(_start, _end - _start))) < 0)
        {
            MakeRoom(bytesMax);
            await FillAsync(extra);
        }

        var reply = _buffer.AsMemory(_start, length);
        _start += length;
        return new RespCursor(reply);
    }

    private async ValueTask<(RespCursor Beginning, long SkippedBytes)> BeginningAsync()
    {
        try
        {
            while (_end - _start < BeginningBytes)
            {
                MakeRoom(_entriesBytesMax);
                await FillAsync(TimeSpan.Zero);
            }

            var beginning = _buffer.AsSpan(_start, BeginningBytes).ToArray();
            var length = 0L;
            while (true)
            {
                var passed = _scanner.Pass(_buffer.AsSpan(_start, _end - _start), out var isWhole);
                (_start, length) = (_start + passed, length + passed);
                if (isWhole) return (new RespCursor(beginning), length - beginning.Length);
                MakeRoom(_entriesBytesMax);
                await FillAsync(TimeSpan.Zero);
            }
        }
        catch (Exception failure) when (IsLoss(failure))
        {
            throw Lost(failure);
        }
    }

    private async ValueTask FillAsync(TimeSpan extra)
    {
        _deadline.CancelAfter(_timeout + extra);
        var count = await _stream.ReadAsync(_buffer.AsMemory(_end), _deadline.Token);
        ResetDeadline();
        if (count == 0) throw new IOException("the server closed the connection");
        _end += count;
    }

    /// <summary>A large reply was walked through; its memory is not held until the next one.</summary>
    private void Release()
    {
        (_start, _end) = (0, 0);
        if (_buffer.Length > SpareBytesMax) _buffer = new byte[BufferBytes];
    }

    private void MakeRoom(int bytesMax)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end < _buffer.Length) return;
        if (_buffer.Length >= bytesMax) throw new ReplyTooLargeException($"is larger than {bytesMax} bytes");
        Array.Resize(ref _buffer, Math.Min(_buffer.Length * 2, bytesMax));
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

    private BusUnavailableException Lost(Exception failure) => new(failure is OperationCanceledException
        ? NoAnswer(_endpoint, _timeout)
        : $"The connection to Redis at {_endpoint} is lost: {failure.Message}.", failure);

    private static string NoAnswer(string endpoint, TimeSpan timeout) => string.Create(
        CultureInfo.InvariantCulture, $"Redis at {endpoint} gave no answer in {timeout.TotalSeconds:0.#} s.");
}
