namespace TradeOs.Tests.Chaos;

/// <summary>Protections against frozen hosts, two hosts, bad networks, full disks and jumping clocks.</summary>
internal static class FaultProtections
{
    public const string OwnerAtOpening = "owner-at-opening";
    public const string OneHost = "one-host";
    public const string DraftFirst = "draft-first";
    public const string IdsOfTheServer = "ids-of-the-server";
    public const string NothingWaits = "nothing-waits";

    private const string Opening = "TradeOs.Bus/Redis/RedisReaderOpening.cs";

    /// <summary>Each by name, with the edits that take it out.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<SourceEdit>> All { get; } =
        new Dictionary<string, IReadOnlyList<SourceEdit>>
        {
            [OwnerAtOpening] =
            [
                new(
                    Opening, "&& holder.Owner != owner",
                    "&& holder.Owner != owner && !Without.Is(\"owner-at-opening\")"),
                new(
                    Opening, "var place = await",
                    """
                    if (Without.Is("owner-at-opening") || Without.Is("owner-at-reopening") || Without.Is("one-host"))
                        return;
                    var place = await
                    """),
            ],
            [OneHost] =
            [
                new(
                    "TradeOs.Bus/Redis/HostLock.cs", "if (!holder.Exists || holder.Owner == owner) return;",
                    "if (!holder.Exists || holder.Owner == owner || Without.Is(\"one-host\")) return;"),
            ],
            [DraftFirst] =
            [
                new(
                    "TradeOs.Host/Redis/InstanceFile.cs", "new FileStream(DraftPath, FileMode.Create",
                    "new FileStream(TradeOs.Bus.Without.Is(\"draft-first\") ? FilePath : DraftPath, FileMode.Create"),
            ],
            [NothingWaits] =
            [
                new(
                    "TradeOs.Bus/Redis/commit.lua", "if fact(facts, 'last-generated-id') ~= position then",
                    "if false then"),
            ],
            [IdsOfTheServer] =
            [
                new(
                    "TradeOs.Bus/Redis/commit.lua", "redis.pcall('XADD', stream, id,",
                    "redis.pcall('XADD', stream, id == '*' and redis.call('TIME')[1] .. '000-*' or id,"),
            ],
        };
}
