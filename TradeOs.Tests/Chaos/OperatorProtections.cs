namespace TradeOs.Tests.Chaos;

/// <summary>What keeps an operator's damage from going unnoticed, and how it is taken out.</summary>
internal static class OperatorProtections
{
    public const string LossWatch = "loss-watch";
    public const string LossAtOpening = "loss-at-opening";
    public const string Memory = "memory";
    public const string GroupPutBack = "group-put-back";
    public const string LetterForEach = "letter-for-each";
    public const string SettingsWatched = "settings-watched";
    public const string ServerKnown = "server-known";
    public const string CommitAgainstEdits = "commit-against-edits";
    public const string ChecksumAtTrim = "checksum-at-trim";

    private const string Commit = "TradeOs.Bus/Redis/commit.lua";

    /// <summary>Every protection by name, with the edits that take it out.</summary>
    public static IDictionary<string, IReadOnlyList<SourceEdit>> All { get; } =
        new Dictionary<string, IReadOnlyList<SourceEdit>>
        {
            [LossWatch] =
            [
                new(
                    "TradeOs.Bus/Redis/LossWatch.cs",
                    "                if (await TryLookAsync(stoppingToken)) looked();",
                    "                if (!Without.Is(\"loss-watch\") && await TryLookAsync(stoppingToken)) looked();"),
            ],
            [LossAtOpening] =
            [
                new(
                    "TradeOs.Bus/Redis/RedisReaderOpening.cs", "        if (_checksum is null || ",
                    "        if (Without.Is(\"loss-at-opening\") || _checksum is null || "),
            ],
            [Memory] =
            [
                new(
                    "TradeOs.Host/Running/RedisSession.cs", "Memory = arguments.Adopt ||",
                    "Memory = Without.Is(\"memory\") || Without.Is(\"server-known\") || arguments.Adopt ||"),
            ],

            // With nothing to remember how far all had come, only the id tells an emptied server from a first install.
            [ServerKnown] =
            [
                new(
                    "TradeOs.Host/Redis/InstanceIdentity.cs", "        if (ours.Id != theirs)\n",
                    "        if (ours.Id != theirs && !TradeOs.Bus.Without.Is(\"server-known\"))\n"),
            ],
            [GroupPutBack] =
            [
                new(
                    "TradeOs.Bus/Redis/RedisReaderOpening.cs", "        await CreateGroupAsync(stream, group);",
                    "        if (!Without.Is(\"group-put-back\")) await CreateGroupAsync(stream, group);"),
            ],
            [ChecksumAtTrim] =
            [
                new(
                    "TradeOs.Bus/Redis/LuaScript.cs", "Text(\"unread.lua\"),",
                    "Without.Is(\"checksum-at-trim\") ? Text(\"unread.lua\").Replace(\"if kept\", \"if not kept\")" +
                    " : Text(\"unread.lua\"),"),
            ],
            [CommitAgainstEdits] = [new(Commit, "if found ~= given[11] then", "if false then")],
            [SettingsWatched] = ExaminedOnce(),
            [LetterForEach] =
            [
                new(
                    "TradeOs.Stages/Seam/PureStageAdapter.cs", "        letter.Write(",
                    "        if (!Without.Is(\"letter-for-each\")) letter.Write("),
            ],
        };

    /// <summary>Settings are looked at when a host starts and never again.</summary>
    private static IReadOnlyList<SourceEdit> ExaminedOnce() =>
    [
        new(
            "TradeOs.Bus/Redis/HostLock.cs", "if (answers && ++beats % BeatsToExamination == 0)",
            "if (!Without.Is(\"settings-watched\") && answers && ++beats % BeatsToExamination == 0)"),
        new(
            "TradeOs.Bus/Durability/ServerGate.cs", "if (examination.Findings.Any(IsFatal) &&",
            "if (!Without.Is(\"settings-watched\") && examination.Findings.Any(IsFatal) &&"),
    ];
}
