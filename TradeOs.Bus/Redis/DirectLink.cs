using System.Globalization;
using System.Text;

namespace TradeOs.Bus;

/// <summary>The control plane over a connection of our own: a unix socket, which StackExchange.Redis 1.2.6 cannot
/// reach.</summary>
/// <remarks>One command at a time. After a loss the next command connects again.</remarks>
internal sealed class DirectLink(RedisOptions options) : IControlLink
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private DataConnection? _connection;

    /// <inheritdoc/>
    public async Task<RedisResult> ExecuteAsync(string command, object[] arguments)
    {
        await _turn.WaitAsync();
        try
        {
            var connection = _connection ??= await ConnectAsync();
            connection.Commands.Begin(1 + arguments.Length);
            connection.Commands.Word(command);
            foreach (var argument in arguments) connection.Commands.Word(Word(argument));
            await connection.SendAsync();
            var reply = await connection.ReceiveAsync();
            return reply.IsError ? throw new RedisServerException(reply.Line()) : Read(ref reply);
        }
        catch (BusUnavailableException)
        {
            _connection?.Dispose();
            _connection = null;
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _connection?.Dispose();
        _turn.Dispose();
    }

    private async Task<DataConnection> ConnectAsync()
    {
        var connection = await DataConnection.ConnectAsync(options, TimeProvider.System, CancellationToken.None);
        await connection.AskAsync("CLIENT", "SETNAME", "tradeos-control");
        return connection;
    }

    private static byte[] Word(object argument) => argument switch
    {
        byte[] bytes => bytes,
        IFormattable formattable => Encoding.UTF8.GetBytes(formattable.ToString(null, CultureInfo.InvariantCulture)),
        _ => Encoding.UTF8.GetBytes(argument.ToString() ?? ""),
    };

    /// <summary>Copies the next element out of the connection's buffer, which the next command overwrites.</summary>
    private static Result Read(ref RespCursor reply)
    {
        if (reply.IsNil) return Result.Nil(ref reply);
        if (!reply.IsArray)
        {
            return reply.IsValue && reply.TryValue(out var value)
                ? new Result(value.ToArray(), null)
                : new Result(Encoding.UTF8.GetBytes(reply.Line()), null);
        }

        var items = new RedisResult[reply.Array()];
        for (var index = 0; index < items.Length; index++) items[index] = Read(ref reply);
        return new Result(null, items);
    }

    private sealed class Result(byte[]? bytes, RedisResult[]? items) : RedisResult
    {
        public override bool IsNull => bytes is null && items is null;

        private protected override byte[]? Bytes => items is null ? bytes : throw IsArray();

        private protected override string? Text => Bytes is { } value ? Encoding.UTF8.GetString(value) : null;

        private protected override RedisResult[]? Items =>
            bytes is null ? items : throw new InvalidCastException("The answer is one value, expected an array.");

        public static Result Nil(ref RespCursor reply)
        {
            reply.Skip();
            return new Result(null, null);
        }

        private InvalidCastException IsArray() => new($"The answer is an array of {items!.Length}, expected a value.");
    }
}
