using System.Text;

namespace TradeOs.Bus;

/// <summary>How the attempt to resolve a dead letter ended.</summary>
public enum ResolutionResult
{
    /// <summary>The resolution, and the entry of a requeue, are written.</summary>
    Resolved,

    /// <summary>Somebody resolved it since the caller looked; nothing was written.</summary>
    AlreadyResolved,

    /// <summary>Too much was appended since the caller looked: look again; nothing was written.</summary>
    Moved,

    /// <summary>The server is another process than the one examined: examine it again; nothing was written.</summary>
    Restarted,

    /// <summary>A stream cannot take what would be written; nothing was written.</summary>
    Damaged,
}

/// <summary>Resolves a dead letter by one transaction: the entry appended again, if so, and the note that it
/// was.</summary>
/// <param name="control">The server that was examined.</param>
/// <param name="letters">Stream of the letters; it takes the resolution.</param>
/// <param name="runId">Run id the server was examined under.</param>
public sealed class LetterResolution(ControlConnection control, string letters, string runId)
{
    /// <summary>Entries behind the one last read that the script looks through itself.</summary>
    private const int LookCountMax = 256;

    private static readonly string Script = LuaScript.Read("resolve.lua");

    /// <summary>Appends the resolution, and <paramref name="entry"/> to <paramref name="target"/> when there is one;
    /// both or nothing.</summary>
    /// <param name="seen">Everything of the letters up to here was read and holds no resolution of this
    /// letter.</param>
    /// <param name="resolution">First the field that names the letter; field <paramref name="entryField"/> takes the
    /// new id.</param>
    /// <param name="entryField">Name of that field.</param>
    /// <param name="target">Stream of a requeue; null only notes the resolution.</param>
    /// <param name="entry">What is appended to it.</param>
    /// <returns>The result, and what it is about: the new entry's id, the resolution found, or the damage.</returns>
    /// <exception cref="ArgumentException">The entry has no fields or more than Redis' script can pass on.</exception>
    /// <exception cref="BusUnavailableException">The connection was lost and whether it landed is not known: look
    /// again.</exception>
    /// <exception cref="RefusedException">The server does not permit it, or has no memory or disk left.</exception>
    public async Task<(ResolutionResult Result, string Detail)> ResolveAsync(
        EntryId seen, Fields resolution, string entryField, string? target, Fields entry)
    {
        if (target is not null && entry.Count is < 1 or > BatchRules.FieldCountMax)
        {
            throw new ArgumentException(
                $"an entry of {entry.Count} fields, expected 1 to {BatchRules.FieldCountMax}", nameof(entry));
        }

        var words = new List<object> { Script, target is null ? 1 : 2, letters };
        if (target is not null) words.Add(target);
        var noted = WordsOf(resolution);
        words.AddRange([runId, seen.ToString(), LookCountMax, noted.Count, PlaceOf(entryField, resolution), .. noted]);
        if (target is not null) words.AddRange(WordsOf(entry));
        return Read(await ExecuteAsync([.. words]));
    }

    private async Task<RedisResult> ExecuteAsync(object[] words)
    {
        try
        {
            return await control.ExecuteAsync("EVAL", words);
        }
        catch (RedisServerException refusal)
        {
            throw new RefusedException(
                $"Redis at {control.Endpoint} did not take the resolution, and nothing was written: " +
                $"{refusal.Message} Cure that, then run the same again.");
        }
    }

    private static (ResolutionResult Result, string Detail) Read(RedisResult answer)
    {
        var said = (string[])answer!;
        var detail = said.Length > 1 ? said[1] : "";
        return said[0] switch
        {
            "resolved" => (ResolutionResult.Resolved, detail),
            "already" => (ResolutionResult.AlreadyResolved, detail),
            "moved" => (ResolutionResult.Moved, detail),
            "restarted" => (ResolutionResult.Restarted, detail),
            _ => (ResolutionResult.Damaged, detail),
        };
    }

    /// <summary>Place of a field's value among the words, counted from 1 as Lua does.</summary>
    private static int PlaceOf(string name, Fields fields)
    {
        var place = 0;
        foreach (var field in fields)
        {
            place += 2;
            if (Encoding.UTF8.GetString(field.Name) == name) return place;
        }

        throw new ArgumentException($"no field '{name}', expected one that takes the id", nameof(name));
    }

    private static List<object> WordsOf(Fields fields)
    {
        var words = new List<object>(2 * fields.Count);
        foreach (var field in fields)
        {
            words.Add(field.Name.ToArray());
            words.Add(field.Value.ToArray());
        }

        return words;
    }
}
