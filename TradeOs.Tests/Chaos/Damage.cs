namespace TradeOs.Tests.Chaos;

/// <summary>What is promised when an operator did a damage.</summary>
internal enum DamageOutcome
{
    /// <summary>Nothing happens, or it is put right without anybody: same streams.</summary>
    GoesOn,

    /// <summary>The host stops with exit code 1 and says what; so does each next start, until it is undone.</summary>
    Stops,
}

/// <summary>Something an operator does with redis-cli, and its one promised outcome.</summary>
/// <param name="Name">The command, for people.</param>
/// <param name="Outcome">What is promised.</param>
/// <param name="Inflict">Script that does it, all at once.</param>
/// <param name="Undo">Script that undoes it; empty where nothing is to be undone.</param>
/// <param name="Says">What the message of the stop must contain.</param>
internal sealed record Damage(string Name, DamageOutcome Outcome, string Inflict, string Undo = "", string Says = "")
{
    private const string Back = "redis.call('DEL', K) redis.call('RENAME', 'away', K)";

    /// <summary>What is not there cannot be damaged: a damage that is none would accuse the host of not seeing
    /// it.</summary>
    private const string Keep = $"assert(redis.call('COPY', K, 'away') == 1, '{Nothing} at ' .. K) ";

    /// <summary>What the server answers then.</summary>
    public const string Nothing = "nothing to damage";

    /// <summary>Whether the host must be down: it reads what it is told at once, or wakes up with it.</summary>
    public bool OnlyWhenDown { get; init; }

    /// <summary>Whether it shows only where something had been appended: what is made anew in the place of an empty
    /// stream is as good.</summary>
    public bool OnlyOnceWritten { get; init; }

    /// <summary>Whether a commit does not see it: until it is found, within a second, entries go on to be appended, so
    /// that no copy from before undoes it while the pipeline moves.</summary>
    public bool IsFoundLater { get; init; }

    /// <summary>Everything that can be undone, on one stream.</summary>
    public static IEnumerable<Damage> OfStream(string stream)
    {
        yield return Stop("DEL", stream, Keep + "redis.call('DEL', K)", Back);
        yield return Stop("RENAME", stream, "redis.call('RENAME', K, 'away')", Back);
        yield return Stop(
            "MOVE to another database", stream, "redis.call('MOVE', K, 1)",
            "redis.call('SELECT', 1) redis.call('MOVE', K, 0)");
        yield return Stop(
            "a key of another type", stream, Keep + "redis.call('DEL', K) redis.call('SET', K, 'x')", Back);
        yield return Stop(
            "DEL and made anew", stream, Keep + "redis.call('DEL', K) redis.call('XADD', K, '*', 'a', 'b')", Back)
            with { OnlyOnceWritten = true, IsFoundLater = true };
        yield return Stop(
            "XADD with the largest id", stream,
            Keep + "redis.call('XADD', K, '18446744073709551615-18446744073709551615', 'a', 'b')", Back);
        yield return Stop(
            "XADD with an id that leaves few", stream,
            Keep + "redis.call('XADD', K, '18446744073709551615-18446744073709551000', 'a', 'b')", Back);
        yield return Stop(
            "XSETID with the largest id", stream, Keep + "redis.call('XSETID', K, '18446744073709551615-1')", Back)
            with { IsFoundLater = true };
        yield return Stop(
            "XSETID of entries-added back", stream,
            Keep + "local f = redis.call('XINFO', 'STREAM', K) redis.call('XSETID', K, f[8], 'ENTRIESADDED', f[2], " +
            "'MAXDELETEDID', f[10]) redis.call('XTRIM', K, 'MAXLEN', 1) redis.call('XSETID', K, f[8], " +
            "'ENTRIESADDED', 1, 'MAXDELETEDID', f[10])", Back)
            with { OnlyOnceWritten = true, IsFoundLater = true };
    }

    /// <summary>Entries that go before they were read; the host is down, so that they are unread for certain.</summary>
    public static IEnumerable<Damage> OfUnread(string stream)
    {
        const string three = Keep + "local ids = {} for i = 1, 3 do ids[i] = redis.call('XADD', K, '*', 'a', 'b') end ";
        yield return Stop(
            "XTRIM past unread entries", stream, three + "redis.call('XTRIM', K, 'MAXLEN', 1)", Back, true);
        yield return Stop(
            "XTRIM MINID past unread", stream, three + "redis.call('XTRIM', K, 'MINID', ids[3])", Back, true);
        yield return Stop("XDEL of unread entries", stream, three + "redis.call('XDEL', K, ids[2])", Back, true);
    }

    /// <summary>What can be done to what a reader keeps.</summary>
    public static IEnumerable<Damage> OfReader(string reader)
    {
        var key = "tradeos:checkpoint:" + reader;
        yield return Stop("DEL", key, Keep + "redis.call('DEL', K)", Back);
        yield return Stop(
            "a key of another type", key, Keep + "redis.call('DEL', K) redis.call('SET', K, 'x')", Back);
        yield return Stop("count set back", key, Keep + "redis.call('HINCRBY', K, 'count', -1)", Back);
        yield return Stop("count set forward", key, Keep + "redis.call('HINCRBY', K, 'count', 1)", Back);
        // One that has not moved yet is at the beginning already.
        yield return Stop(
            "position set back", key,
            Keep + "redis.call('HSET', K, 'position', redis.call('HGET', K, 'position') == '0-0' and '0-1' or '0-0')",
            Back);
        yield return Stop(
            "position set forward", key,
            Keep + "redis.call('HSET', K, 'position', (string.gsub(redis.call('HGET', K, 'position'), '-.*', '-999')))",
            Back);
        yield return Stop("commit edited", key, Keep + "redis.call('HSET', K, 'commit', '999999@1')", Back);
        yield return Stop("count removed", key, Keep + "redis.call('HDEL', K, 'count')", Back);
    }

    /// <summary>What can be done to the state of a reader that always has one: what is empty cannot be
    /// deleted.</summary>
    public static IEnumerable<Damage> OfState(string reader)
    {
        var key = "tradeos:state:" + reader;
        yield return Stop("DEL", key, Keep + "redis.call('DEL', K)", Back);
        yield return Stop("a key added", key, Keep + "redis.call('HSET', K, 'mine', '{}')", Back);
        yield return Stop(
            "a key of another type", key, Keep + "redis.call('DEL', K) redis.call('SET', K, 'x')", Back);
        yield return Stop(
            "a value edited", key,
            Keep + "local f = redis.call('HKEYS', K)[1] redis.call('HSET', K, f, redis.call('HGET', K, f) .. ' ')",
            Back, true);
    }

    /// <summary>What is put right without anybody.</summary>
    public static IEnumerable<Damage> OfGroup(string stream, string group)
    {
        yield return GoesOn("XGROUP DESTROY", stream, $"redis.call('XGROUP', 'DESTROY', K, '{group}')");
        yield return GoesOn("XGROUP SETID forward", stream, $"redis.call('XGROUP', 'SETID', K, '{group}', '$')");
        yield return GoesOn("XGROUP SETID back", stream, $"redis.call('XGROUP', 'SETID', K, '{group}', '0')");
        yield return GoesOn(
            "XGROUP DELCONSUMER", stream, $"redis.call('XGROUP', 'DELCONSUMER', K, '{group}', '{group}')");
        yield return GoesOn(
            "a stranger reads in the group", stream,
            $"redis.call('XREADGROUP', 'GROUP', '{group}', 'stranger', 'COUNT', 9, 'STREAMS', K, '>')");
        yield return GoesOn(
            "a stranger reads and acknowledges", stream,
            $"redis.call('XREADGROUP', 'GROUP', '{group}', 'stranger', 'NOACK', 'STREAMS', K, '>') for _, p in " +
            $"ipairs(redis.call('XPENDING', K, '{group}', '-', '+', 99)) do " +
            $"redis.call('XACK', K, '{group}', p[1]) end");
    }

    /// <summary>Keys that are made anew.</summary>
    public static IEnumerable<Damage> OfKeys()
    {
        foreach (var key in (string[])["tradeos:readers", "tradeos:host", "tradeos:sealed"])
            yield return GoesOn("DEL", key, "redis.call('DEL', K)");
        const string swap = "redis.call('SWAPDB', 0, 1)";
        yield return new Damage("SWAPDB", DamageOutcome.Stops, swap, swap);
        yield return Stop("DEL", "tradeos:instance", Keep + "redis.call('DEL', K)", Back);
    }

    public override string ToString() => Name;

    private static Damage Stop(string name, string key, string inflict, string undo, bool onlyWhenDown = false) =>
        new($"{name} {key}", DamageOutcome.Stops, On(key, inflict), On(key, undo), key) { OnlyWhenDown = onlyWhenDown };

    private static Damage GoesOn(string name, string key, string inflict) =>
        new($"{name} {key}", DamageOutcome.GoesOn, On(key, inflict));

    private static string On(string key, string script) => $"local K = '{key}' {script}";
}
