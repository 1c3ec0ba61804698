namespace TradeOs.Tests.Chaos;

/// <summary>What keeps the promises, and how each is taken out for a control run.</summary>
/// <remarks>
/// A control runs the same scenario on a program built from this repository's own sources with one protection taken
/// out of them. The sources are copied and edited, never the product: it knows nothing of being tested. Edits of C#
/// that ask <c>Without.Is("name")</c> share one build, and so do all edits of commit.lua; any other takes a build of
/// its own.
/// </remarks>
internal static class Protections
{
    public const string PositionInCommit = "position-in-commit";
    public const string AcknowledgeInCommit = "acknowledge-in-commit";
    public const string OwnerInCommit = "owner-in-commit";
    public const string ChecksBeforeWrites = "checks-before-writes";
    public const string KillOfTheOldConnection = "client-kill";
    public const string OwnerAtReopening = "owner-at-reopening";
    public const string Repair = "aof-repair";
    public const string Seal = "aof-seal";

    private const string Commit = "TradeOs.Bus/Redis/commit.lua";
    private const string Reads = "TradeOs.Bus/Redis/RedisEntryReads.cs";

    /// <summary>The group is looked at before each commit: what the first lock let in would be mended.</summary>
    private static readonly SourceEdit GroupElsewhere = new(
        Commit, "if given[9] ~= '' then\n    local last, read", "if false then\n    local last, read");

    /// <summary>Every protection by name, with the edits that take it out.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<SourceEdit>> All { get; } =
        new Dictionary<string, IReadOnlyList<SourceEdit>>([.. FaultProtections.All, .. OperatorProtections.All])
        {
            [PositionInCommit] =
            [
                new(Commit, "if given[5] ~= '' then", "if given[5] == '?' then"), .. WithoutTheSecondLocksOfPosition(),
            ],
            [AcknowledgeInCommit] = AcknowledgedApart(),
            [OwnerInCommit] =
            [
                new(Commit, "if checkpoint[1] ~= given[1] or checkpoint[2] ~= given[2] then return 'fenced' end", ""),
                new(Commit, "if found ~= given[11] then", "if false then"),
                new(Commit, "if state_keys ~= tonumber(given[12]) then", "if false then"), GroupElsewhere,
            ],
            [ChecksBeforeWrites] =
            [
                new(Commit, "local length = length_of(stream)", "local length = 0"),
                new(
                    Commit, "if stream ~= link_behind and #redis.call('XRANGE', stream, LAST_IDS,",
                    "if false and #redis.call('XRANGE', stream, LAST_IDS,"),
            ],
            [KillOfTheOldConnection] =
            [
                new(
                    "TradeOs.Bus/Redis/Fence.cs", "if (holder.RunId == server.RunId && holder.Client is",
                    "if (!Without.Is(\"client-kill\") && holder.RunId == server.RunId && holder.Client is"),
                GroupElsewhere,
                new(
                    Reads, "if (await IsGroupElsewhereAsync())",
                    "if (!Without.Is(\"client-kill\") && await IsGroupElsewhereAsync())"),
            ],
            [OwnerAtReopening] = TakenBack(),
            [Repair] =
            [
                new(
                    "TradeOs.Host/Redis/ManagedRedis.cs", "        await new AofRepair(",
                    "        if (!Without.Is(\"aof-repair\")) await new AofRepair("),
                new(
                    "TradeOs.Host/Redis/ManagedConfiguration.cs", "            \"aof-load-truncated no\",",
                    "            Without.Is(\"aof-repair\") ? \"aof-load-truncated yes\" : \"aof-load-truncated no\","),
            ],
            [Seal] =
            [
                new(
                    "TradeOs.Bus/Durability/ServerGate.cs", "if (!_isManaged && await new AofSeal",
                    "if (!Without.Is(\"aof-seal\") && !_isManaged && await new AofSeal"),
            ],
        };

    /// <summary>What is there against edits of a checkpoint would take a position that was not kept for one. That more
    /// was read than ever appended still ends the host: it says just that entries came twice.</summary>
    private static SourceEdit[] WithoutTheSecondLocksOfPosition() =>
    [
        new(Commit, "if found ~= given[11] then", "if false then"),
        new(
            "TradeOs.Bus/Redis/RedisReaderOpening.cs", "        throw Loss.Edited(definition.Name, text, $\"what",
            "        if (!Without.Is(\"position-in-commit\")) throw Loss.Edited(definition.Name, text, $\"what"),
        new(
            "TradeOs.Bus/Redis/LossWatch.cs", "if (text != standing.Text) throw",
            "if (text != standing.Text && !Without.Is(\"position-in-commit\")) throw"),
    ];

    /// <summary>A host that was replaced takes back what its heir has.</summary>
    private static IReadOnlyList<SourceEdit> TakenBack() =>
    [
        new(
            "TradeOs.Bus/Redis/RedisReaderOpening.cs", "=> wasOurs && holder.Exists",
            "=> !Without.Is(\"owner-at-reopening\") && wasOurs && holder.Exists"),
        new(
            "TradeOs.Bus/Redis/RedisStreamReader.cs", "if (await _bus.IsFencedAsync(",
            "if (!Without.Is(\"owner-at-reopening\") && await _bus.IsFencedAsync("),
    ];

    private static IReadOnlyList<SourceEdit> AcknowledgedApart() =>
    [
        new(
            Commit, "call_with_words(given, next_word + given[18], given[19], 'XACK', keys[4], given[9])", ""),
        new(
            "TradeOs.Bus/Redis/RedisStreamReader.cs",
            "            if (result is CommitResult.Committed or CommitResult.AlreadyCommitted) _reads.Forget(",
            """
                        if (Without.Is("acknowledge-in-commit") && _definition.Mode == ReadMode.Group
                            && _reads.DeliveredUpTo(batch.Position) is { Count: > 0 } done)
                        {
                            await _connection.AskAsync([
                                "XACK", _definition.Input!, _definition.Name,
                                .. done.Select(id => id.ToString())]);
                        }

                        if (result is CommitResult.Committed or CommitResult.AlreadyCommitted) _reads.Forget(
            """),
    ];
}

/// <summary>One change of a source file; it must match exactly once.</summary>
/// <param name="File">Path in the repository.</param>
/// <param name="Text">What stands there.</param>
/// <param name="Replacement">What shall stand there.</param>
internal sealed record SourceEdit(string File, string Text, string Replacement)
{
    /// <summary>The source with the change.</summary>
    /// <exception cref="InvalidOperationException">The text is not there, or more than once.</exception>
    public string AppliedTo(string source)
    {
        var found = source.Split(Text).Length - 1;
        if (found != 1) throw new InvalidOperationException($"{File} holds {found} times, expected once: {Text}");
        return source.Replace(Text, Replacement, StringComparison.Ordinal);
    }
}
