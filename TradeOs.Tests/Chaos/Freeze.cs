namespace TradeOs.Tests.Chaos;

/// <summary>SIGSTOP, and knowing that it took: a process that is frozen runs no thread any more.</summary>
internal static class Freeze
{
    /// <summary>Freezes a process and returns once every thread of it stands.</summary>
    public static async Task StopAsync(int processId)
    {
        await Signals.StopAsync(processId);
        await Poll.UntilAsync(() => Task.FromResult(Directory.EnumerateDirectories($"/proc/{processId}/task")
            .All(thread => StateOf(Path.Combine(thread, "stat")) is 'T' or 't')));
    }

    /// <summary>Holds what was acknowledged against what is there, with the host frozen for that moment: one that
    /// starts over in silence may else never end.</summary>
    public static async Task ExamineAsync(World world)
    {
        if (world.Host.HasExited) return;
        await StopAsync(world.Host.Id);
        await world.ExamineAsync();
        await Signals.ContinueAsync(world.Host.Id);
    }

    /// <summary>Third field of stat, behind the name in brackets (proc(5)).</summary>
    private static char StateOf(string stat)
    {
        var text = File.ReadAllText(stat);
        return text[text.LastIndexOf(')') + 2];
    }
}
