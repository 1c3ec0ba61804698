using System.Globalization;

namespace TradeOs.Bus;

/// <summary>Registers outside readers, counts what they are done with, releases and removes them: one transaction
/// each.</summary>
/// <param name="control">The server that was examined.</param>
/// <param name="runId">Run id the server was examined under.</param>
/// <param name="time">Clock of what is noted.</param>
/// <param name="owner">Owner of the host's place, for a host: while another one has it, nothing is written.</param>
public sealed class OutsideRegistry(ControlConnection control, string runId, TimeProvider time, string owner = "")
{
    /// <summary>Entries counted in one transaction: about a millisecond of the server.</summary>
    public const int StepCountMax = 500;

    private static readonly string Script = LuaScript.Read("outside.lua");

    /// <summary>Registers a reader at the oldest entry its stream holds.</summary>
    /// <returns>Null when that is done, else why not; nothing was written then.</returns>
    /// <exception cref="BusUnavailableException">The server went away, or was restarted since it was examined.
    /// </exception>
    /// <exception cref="RefusedException">It does not permit that.</exception>
    public async Task<string?> AddAsync(OutsideReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var seconds = reader.ReleaseAfter.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
        var said = await ExecuteAsync("register", reader, reader.Group, Word(reader.OnStuck), seconds);
        return said[0] switch
        {
            "registered" => null,
            "taken" => $"{reader.Name} is registered already, for {said[1]}",
            _ => said[1],
        };
    }

    /// <summary>Counts what a reader was done with since the last time: at most <see cref="StepCountMax"/>
    /// entries.</summary>
    /// <param name="reader">Who.</param>
    /// <param name="limit">Bounds of its stream.</param>
    /// <param name="isAwaited">Whether a writer waits for it now.</param>
    /// <param name="isFirst">Whether this is the first look of a host: time without one does not count as
    /// stuck.</param>
    /// <returns>Null when it holds nothing any more, or another host looks after it.</returns>
    /// <exception cref="BusUnavailableException">The server went away, or was restarted since it was examined.
    /// </exception>
    /// <exception cref="RefusedException">It does not permit that.</exception>
    /// <exception cref="StreamDamagedException">A key of the reader is not what was written.</exception>
    public async Task<OutsideStep?> FollowAsync(OutsideReader reader, StreamLimit limit, bool isAwaited, bool isFirst)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(limit);
        var said = await ExecuteAsync(
            "follow", reader, StepCountMax, limit.LowWaterMark, isAwaited ? "1" : "0", isFirst ? "1" : "0");
        if (said[0] == "damaged") throw new StreamDamagedException(said[1]);
        if (said[0] is "gone" or "fenced") return null;
        return new OutsideStep(
            EntryId.Parse(said[1]), Number(said[2]), Number(said[3]), said[4], said[5] == "1", said[6]);
    }

    /// <summary>Waits for a reader no longer, unless it moved from that count.</summary>
    /// <exception cref="BusUnavailableException">The server went away, or was restarted since it was examined.
    /// </exception>
    /// <exception cref="RefusedException">It does not permit that.</exception>
    public async Task<bool> ReleaseAsync(OutsideReader reader, long count) =>
        (await ExecuteAsync("release", reader, count))[0] == "released";

    /// <summary>Forgets a reader and the position it wrote.</summary>
    /// <returns>False when there is none of that name.</returns>
    /// <exception cref="BusUnavailableException">The server went away, or was restarted since it was examined.
    /// </exception>
    /// <exception cref="RefusedException">It does not permit that, or holds something else in its place.</exception>
    public async Task<bool> RemoveAsync(OutsideReader reader)
    {
        var said = await ExecuteAsync("remove", reader);
        return said[0] == "damaged" ? throw new RefusedException($"{said[1]}; tradeos doctor says more.")
            : said[0] == "removed";
    }

    /// <summary>A rule as it is written.</summary>
    public static string Word(StuckRule rule) => rule == StuckRule.Wait ? "wait" : "release";

    /// <summary>A time as it is noted: UTC, to the second.</summary>
    internal static string Text(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Such a time, read again.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    internal static DateTimeOffset Time(string text) => DateTimeOffset.ParseExact(
        text, "yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private async Task<string[]> ExecuteAsync(string verb, OutsideReader reader, params object[] words)
    {
        object[] all =
        [
            Script, 6, reader.Stream, RedisKeys.Checkpoint(RedisKeys.OutsideName(reader.Name)), RedisKeys.Outside,
            RedisKeys.OutsideOf(reader.Stream), RedisKeys.Offset(reader.Name), RedisKeys.Host,
            verb, runId, reader.Name, Text(time.GetUtcNow()), owner, .. words,
        ];
        try
        {
            var said = (string[])(await control.ExecuteAsync("EVAL", all))!;
            return said[0] != "restarted" ? said : throw new BusUnavailableException(
                $"Redis at {control.Endpoint} was restarted since it was examined, and nothing was written. Run the " +
                "same again.");
        }
        catch (RedisServerException refusal)
        {
            throw new RefusedException(
                $"Redis at {control.Endpoint} did not take it, and nothing was written: {refusal.Message} Cure that, " +
                "then run the same again.");
        }
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>How far an outside reader is after a step.</summary>
/// <param name="Position">Last entry it is done with, as far as counted.</param>
/// <param name="Count">Entries it is done with, counted from the stream's beginning.</param>
/// <param name="Unread">Entries of its stream it is not done with.</param>
/// <param name="Held">Since when it keeps its stream from being trimmed to the low-water mark; empty when it does not.
/// </param>
/// <param name="IsAll">Whether all it is done with is counted.</param>
/// <param name="Trouble">Why it cannot be followed; empty when it can.</param>
public sealed record OutsideStep(
    EntryId Position, long Count, long Unread, string Held, bool IsAll, string Trouble);
