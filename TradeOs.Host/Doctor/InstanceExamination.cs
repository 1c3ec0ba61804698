using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>Compares the id of the installation in Redis with the one in the data directory.</summary>
internal static class InstanceExamination
{
    /// <summary>A finding when they differ, or when only one side has one.</summary>
    public static async Task ExamineAsync(
        ControlConnection control, KeyExamination keys, string dataDirectory, Examination examination)
    {
        // Another type there is a finding of its own.
        if (keys.TypeOf(RedisKeys.Instance) is not ("string" or "none")) return;
        var file = new InstanceFile(dataDirectory);
        var theirs = (string?)await control.ExecuteAsync("GET", RedisKeys.Instance);
        try
        {
            Compare(file.Read()?.Id, theirs, file.FilePath, examination);
        }
        catch (RefusedException unreadable)
        {
            examination.Found(
                Checks.Instance, file.FilePath, "not readable", "the id of this installation", unreadable.Message);
        }
    }

    private static void Compare(string? ours, string? theirs, string path, Examination examination)
    {
        if (ours == theirs) return;
        examination.Found(
            Checks.Instance, RedisKeys.Instance, theirs ?? "(none)",
            ours is null ? $"none, because {path} is absent" : $"{ours}, as in {path}",
            (theirs is null
                ? "It was emptied, or it is another server"
                : ours is null ? "It belongs to another data directory, or this one was lost"
                : "They belong to two installations") +
            ": point Data:Directory and Redis:Endpoint at the pair that belongs together, restore the data, or start " +
            "once with --adopt to take this server as it is.");
    }
}
