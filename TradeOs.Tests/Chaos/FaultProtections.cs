namespace TradeOs.Tests.Chaos;

/// <summary>Protections against frozen hosts, two hosts, bad networks, full disks and jumping clocks.</summary>
internal static class FaultProtections
{
    public const string ClientKill = "client-kill";
    public const string OwnerAtOpening = "owner-at-opening";

    /// <summary>Each by name, with the edits that take it out.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<SourceEdit>> All { get; } =
        new Dictionary<string, IReadOnlyList<SourceEdit>>
        {
            [ClientKill] =
            [
                new("TradeOs.Bus/Redis/Fence.cs", "&& client != server.Client)", "&& client == \"nobody\")"),
            ],
            [OwnerAtOpening] =
            [
                new("TradeOs.Bus/Redis/RedisReaderOpening.cs", "if (wasOurs &&", "if (wasOurs && owner.Length == 0 &&"),
                new("TradeOs.Bus/Redis/RedisReaderOpening.cs", "|| holding == owner) return;", "|| holding != \"\") return;"),
            ],
        };
}
