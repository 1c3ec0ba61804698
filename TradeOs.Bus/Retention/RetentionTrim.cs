using System.Globalization;

namespace TradeOs.Bus;

/// <summary>Takes away what a stream may keep no longer by <c>MaxAge</c> and <c>MaxBytes</c>; never what a reader has
/// not read.</summary>
/// <remarks>Beside the hot path, a few hundred entries a transaction: both are kept to within a second or so, where
/// MaxLength is kept at every commit.</remarks>
/// <param name="control">The server that was examined.</param>
/// <param name="runId">Run id the server was examined under.</param>
/// <param name="time">Clock that ages are told by; ids carry the server's.</param>
/// <param name="owner">Owner of the host's place: while another one has it, nothing is trimmed. Empty looks at
/// none.</param>
public sealed class RetentionTrim(ControlConnection control, string runId, TimeProvider time, string owner)
{
    private const int StepCountMax = 256;

    /// <summary>Steps for one stream in one look, so that every stream has its turn: 51,200 entries.</summary>
    private const int StepsMax = 200;

    private static readonly string Script = LuaScript.Read("retain.lua");

    /// <summary>Trims a stream.</summary>
    /// <returns>Entries taken away.</returns>
    /// <exception cref="BusUnavailableException">The server went away, or was restarted since it was examined.
    /// </exception>
    /// <exception cref="RedisServerException">The server does not take it.</exception>
    public async Task<long> TrimAsync(string stream, StreamLimit limit)
    {
        ArgumentNullException.ThrowIfNull(limit);
        if (limit.MaxAge is null && limit.MaxBytes is null) return 0;
        var firstKept = limit.MaxAge is { } age ? $"{(time.GetUtcNow() - age).ToUnixTimeMilliseconds()}-0" : "";
        var bytes = limit.MaxBytes?.ToString(CultureInfo.InvariantCulture) ?? "";
        object[] words =
        [
            Script, 3 + limit.Readers.Length, stream, RedisKeys.OutsideOf(stream), RedisKeys.Host,
            .. limit.Readers.Select(RedisKeys.Checkpoint), runId, firstKept, bytes, StepCountMax, owner,
        ];
        var trimmed = 0L;
        for (var step = 0; step < StepsMax; step++)
        {
            var said = (string[])(await control.ExecuteAsync("EVAL", words))!;
            if (said[0] == "restarted")
            {
                throw new BusUnavailableException(
                    $"Redis at {control.Endpoint} was restarted since it was examined; nothing was trimmed.");
            }

            if (said[0] == "fenced") break;
            trimmed += long.Parse(said[1], CultureInfo.InvariantCulture);
            if (said[2] != "1") break;
        }

        return trimmed;
    }
}
