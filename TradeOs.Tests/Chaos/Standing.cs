using System.Globalization;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Tests.Chaos;

/// <summary>Who holds the pipeline on a server, and how much was written to it, as the server says.</summary>
internal static class Standing
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(60);

    /// <summary>Random id of the host that has the place; null before the first.</summary>
    public static async Task<string?> HostAsync(World world) =>
        (string?)await world.AskAsync("HGET", RedisKeys.Host, "owner");

    /// <summary>Throws when the host ended by itself; whoever waits for something it is to do asks now and
    /// then.</summary>
    public static void ThrowIfEnded(World world) =>
        Trial.Demand(!world.Host.HasExited, $"The host ended by itself: {World.Said(world.Host.Error)}");

    /// <summary>Who has every reader, and at which epoch. A host that opens a reader of its own anew, as one whose
    /// chain goes apart does, raises the epoch and stays the owner.</summary>
    public static async Task<IReadOnlyDictionary<string, Holder>> ReadersAsync(World world)
    {
        var readers = new Dictionary<string, Holder>();
        foreach (var reader in Topology.Readers)
        {
            var key = RedisKeys.Checkpoint(reader.Name);
            var held = (RedisResult[])(await world.AskAsync("HMGET", key, "epoch", "owner"))!;
            readers[reader.Name] = new Holder((string?)held[0], (string?)held[1]);
        }

        return readers;
    }

    /// <summary>Waits until a host other than <paramref name="before"/> has the place and every reader, and gives back
    /// its id.</summary>
    public static async Task<string> OfHeirAsync(World world, string? before)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (await HostAsync(world) is { } heir && heir != before &&
                (await ReadersAsync(world)).Values.All(holder => holder.Owner == heir))
                return heir;
            ThrowIfEnded(world);
            if (TimeProvider.System.GetElapsedTime(started) > WaitMax)
                throw new InvariantBrokenException($"The host that took over never had all: {world.Host.Error}");
            await Task.Delay(5);
        }
    }

    /// <summary>How much the server has been changed since its start, read once nothing changes it any more: whoever
    /// could is frozen.</summary>
    public static async Task<long> SettledWritesAsync(World world)
    {
        var before = -1L;
        while (true)
        {
            var now = await WritesAsync(world);
            if (now == before) return now;
            before = now;
            await Task.Delay(20);
        }
    }

    private static async Task<long> WritesAsync(World world)
    {
        const string title = "rdb_changes_since_last_save:";
        var facts = (string)(await world.AskAsync("INFO", "persistence"))!;
        var line = facts.Split("\r\n").First(line => line.StartsWith(title, StringComparison.Ordinal));
        return long.Parse(line[title.Length..], CultureInfo.InvariantCulture);
    }
}

/// <summary>Who has a reader.</summary>
/// <param name="Epoch">How often it was opened.</param>
/// <param name="Owner">Random id of the host.</param>
internal sealed record Holder(string? Epoch, string? Owner)
{
    /// <inheritdoc/>
    public override string ToString() => $"epoch {Epoch} of {Owner}";
}
