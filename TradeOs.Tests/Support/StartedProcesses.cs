using System.Collections.Concurrent;
using System.Diagnostics;

namespace TradeOs.Tests;

/// <summary>Processes that were started here and must not outlive this one, whatever ends it.</summary>
internal static class StartedProcesses
{
    private static readonly ConcurrentDictionary<int, DateTime> Started = new();
    private static volatile bool _isOver;

    /// <summary>Remembers one that was just started; once all were killed it is killed as well.</summary>
    public static void Add(Process process)
    {
        try
        {
            Started[process.Id] = process.StartTime;
        }
        catch (InvalidOperationException)
        {
            // It ended already.
        }

        if (_isOver) KillAll();
    }

    /// <summary>Kills those that still run; an id that another process has now is left alone.</summary>
    public static void KillAll()
    {
        _isOver = true;
        foreach (var (id, start) in Started)
        {
            try
            {
                using var process = Process.GetProcessById(id);
                if (process.StartTime == start) process.Kill();
            }
            catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
            {
                // It ended.
            }
        }
    }
}
