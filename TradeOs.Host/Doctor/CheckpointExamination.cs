using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>Looks whether every reader that was ever opened has a checkpoint it can go on from.</summary>
internal static class CheckpointExamination
{
    private const string Restore = "Restore the data of this server; the pipeline stops rather than go on without it.";

    private static readonly string[] Numbers = ["epoch", "count", "written", "silent", "state"];
    private static readonly string[] Ids = ["position", "deleted"];

    /// <summary>Examines the checkpoints.</summary>
    /// <returns>The readers that were opened; those that cannot be read are left out.</returns>
    public static async Task<ImmutableArray<OpenedReader>> ExamineAsync(
        ControlConnection control, KeyExamination keys, Examination examination)
    {
        var readers = ImmutableArray.CreateBuilder<OpenedReader>();
        foreach (var reader in Topology.Readers.Concat(ArchiveReaders.All))
        {
            var key = RedisKeys.Checkpoint(reader.Name);
            if (keys.TypeOf(key) == "hash")
            {
                if (await ReadAsync(control, reader, examination) is { } opened) readers.Add(opened);
            }
            else if (keys.TypeOf(key) == "none" && await WasOpenedAsync(control, keys, reader.Name))
            {
                examination.Found(
                    Checks.CheckpointMissing, key, "nothing",
                    $"the checkpoint of {reader.Name}, which was opened before", Restore);
            }
        }

        return readers.ToImmutable();
    }

    private static async Task<bool> WasOpenedAsync(ControlConnection control, KeyExamination keys, string reader) =>
        keys.TypeOf(RedisKeys.Readers) == "set" &&
        (long)await control.ExecuteAsync("SISMEMBER", RedisKeys.Readers, reader) == 1;

    private static async Task<OpenedReader?> ReadAsync(
        ControlConnection control, ReaderDefinition reader, Examination examination)
    {
        var key = RedisKeys.Checkpoint(reader.Name);
        var values = (string?[])(await control.ExecuteAsync("HMGET", [key, .. Numbers, .. Ids]))!;
        var isReadable = true;
        foreach (var (field, value) in Numbers.Concat(Ids).Zip(values))
        {
            if (Ids.Contains(field) ? IsId(value) : IsNumber(value)) continue;
            isReadable = false;
            examination.Found(
                Checks.CheckpointUnreadable, $"{key} field {field}", value ?? "(absent)",
                Ids.Contains(field) ? "an id such as 1732-0" : "a whole number", Restore);
        }

        if (!isReadable) return null;
        if (values[4] != reader.StateVersion.ToString(CultureInfo.InvariantCulture))
        {
            examination.Found(
                Checks.StateVersion, $"{key} field state", values[4]!, $"{reader.StateVersion}",
                "Run the program version that wrote it, or start on an empty data directory and feed the recorded " +
                "input again.");
        }

        return new OpenedReader(reader, EntryId.Parse(values[5]!), EntryId.Parse(values[6]!), Number(values[1]!));
    }

    private static bool IsNumber(string? value) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static long Number(string value) => long.Parse(value, CultureInfo.InvariantCulture);

    private static bool IsId(string? value) => EntryId.TryParse(Encoding.UTF8.GetBytes(value ?? ""), out _);
}

/// <summary>A reader that was opened, as its checkpoint had it when it was read.</summary>
/// <param name="Definition">Who it is.</param>
/// <param name="Position">Last input committed.</param>
/// <param name="Deleted">Largest id deleted from its input before it began.</param>
/// <param name="Count">Inputs committed since the beginning.</param>
internal sealed record OpenedReader(ReaderDefinition Definition, EntryId Position, EntryId Deleted, long Count)
{
    /// <summary>Key of its checkpoint.</summary>
    public string Key => RedisKeys.Checkpoint(Definition.Name);
}
