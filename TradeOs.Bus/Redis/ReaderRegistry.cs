namespace TradeOs.Bus;

/// <summary>Which readers a server knows, and how one that is not wanted any more is taken out.</summary>
public static class ReaderRegistry
{
    /// <summary>Whether anything of a reader is kept.</summary>
    /// <exception cref="BusUnavailableException">The server is away.</exception>
    public static async Task<bool> HasAsync(ControlConnection control, string reader)
    {
        ArgumentNullException.ThrowIfNull(control);
        return (long)await control.ExecuteAsync("SISMEMBER", RedisKeys.Readers, reader) == 1
            || (long)await control.ExecuteAsync("HLEN", RedisKeys.Checkpoint(reader)) > 0
            || (long)await control.ExecuteAsync("HLEN", RedisKeys.State(reader)) > 0;
    }

    /// <summary>Forgets a reader for good: when it is opened again it is a new one. Only for a host that has its place,
    /// and a reader that nobody has open.</summary>
    /// <remarks>Checkpoint before state: cut off in between, a new reader finds the state of the one before, which an
    /// archive can go on with; a checkpoint without its state would be damage.</remarks>
    /// <exception cref="BusUnavailableException">The server is away.</exception>
    public static async Task ForgetAsync(ControlConnection control, string reader)
    {
        ArgumentNullException.ThrowIfNull(control);
        await control.ExecuteAsync("SREM", RedisKeys.Readers, reader);
        foreach (var key in (string[])[RedisKeys.Checkpoint(reader), RedisKeys.State(reader)])
        {
            var words = (string[])(await control.ExecuteAsync("HGETALL", key))!;
            if (words.Length == 0) continue;
            await control.ExecuteAsync("HDEL", [key, .. words.Chunk(2).Select(pair => (object)pair[0])]);
        }
    }
}
