namespace TradeOs.Bus;

/// <summary>How the attempt to set the control flag ended.</summary>
public enum SwitchResult
{
    /// <summary>It is set, and on disk.</summary>
    Set,

    /// <summary>Somebody set it since the caller looked: look again; nothing was written.</summary>
    Changed,

    /// <summary>The server is another process than the one examined: examine it again; nothing was written.</summary>
    Restarted,

    /// <summary>The key cannot take it; nothing was written.</summary>
    Damaged,
}

/// <summary>Sets the control flag that commits are decided under, compared with what the caller read.</summary>
/// <param name="control">The server that was examined.</param>
/// <param name="runId">Run id the server was examined under.</param>
public sealed class ControlSwitch(ControlConnection control, string runId)
{
    private static readonly string Script = LuaScript.Read("control.lua");

    /// <summary>Sets the flag to <paramref name="text"/> when it still is <paramref name="before"/>.</summary>
    /// <param name="before">What the caller read; empty when there was none.</param>
    /// <param name="text">What it becomes.</param>
    /// <returns>The result, and the damage when there is some.</returns>
    /// <exception cref="BusUnavailableException">The connection was lost and whether it landed is not known: look
    /// again.</exception>
    /// <exception cref="RefusedException">The server does not permit it, or has no memory or disk left.</exception>
    public async Task<(SwitchResult Result, string Detail)> SetAsync(string before, string text)
    {
        try
        {
            var said = (string[])(await control.ExecuteAsync(
                "EVAL", Script, 1, RedisKeys.Control, runId, before, text))!;
            return (ResultOf(said[0]), said.Length > 1 ? said[1] : "");
        }
        catch (RedisServerException refusal)
        {
            throw new RefusedException(
                $"Redis at {control.Endpoint} did not take {RedisKeys.Control}, and nothing was written: " +
                $"{refusal.Message} Cure that, then run the same again.");
        }
    }

    private static SwitchResult ResultOf(string word) => word switch
    {
        "set" => SwitchResult.Set,
        "changed" => SwitchResult.Changed,
        "restarted" => SwitchResult.Restarted,
        _ => SwitchResult.Damaged,
    };
}
