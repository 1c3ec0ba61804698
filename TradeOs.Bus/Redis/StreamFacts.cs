namespace TradeOs.Bus;

/// <summary>What XINFO STREAM tells.</summary>
/// <param name="Length">Entries it holds.</param>
/// <param name="Added">Entries ever appended to it.</param>
/// <param name="LastId">Last id given out.</param>
/// <param name="DeletedMax">Largest id ever deleted one by one; trimming leaves it alone.</param>
internal readonly record struct StreamFacts(long Length, long Added, EntryId LastId, EntryId DeletedMax)
{
    /// <summary>Reads the reply, or its beginning: the first and the last entry stand behind the facts. The server is
    /// of version 7.0 or newer.</summary>
    /// <exception cref="StreamDamagedException">There is no such stream.</exception>
    /// <exception cref="BusUnavailableException">The server cannot be asked now.</exception>
    /// <exception cref="RefusedException">It does not permit to ask.</exception>
    public static StreamFacts Of(RespCursor reply, string stream)
    {
        if (reply.IsError) ThrowError(reply, stream);
        var facts = default(StreamFacts);
        for (var left = reply.Array() / 2; left > 0; left--)
        {
            switch (reply.Text())
            {
                case "length":
                    facts = facts with { Length = reply.Integer() };
                    break;
                case "last-generated-id":
                    facts = facts with { LastId = EntryId.Parse(reply.Text() ?? "") };
                    break;
                case "max-deleted-entry-id":
                    facts = facts with { DeletedMax = EntryId.Parse(reply.Text() ?? "") };
                    break;
                case "entries-added":
                    return facts with { Added = reply.Integer() };
                default:
                    reply.Skip();
                    break;
            }
        }

        throw new RespProtocolException("XINFO STREAM without entries-added, as of a server before 7.0");
    }

    private static void ThrowError(RespCursor reply, string stream)
    {
        var error = reply;
        var line = error.Line();
        if (line.StartsWith("WRONGTYPE", StringComparison.Ordinal))
            throw Loss.Missing(stream, "the pipeline", "key of another type");
        if (RedisAnswers.IsAboutAMissingKey(line)) throw Loss.Missing(stream, "the pipeline", "none");
        DataConnection.ThrowIfError(reply, "XINFO", "STREAM", stream);
    }
}
