using System.Globalization;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>Compares the server's clock, which gives the ids their milliseconds, with this machine's.</summary>
internal static class ClockExamination
{
    private static readonly TimeSpan DifferenceMax = TimeSpan.FromSeconds(5);

    /// <summary>A finding when they are more than 5 s apart.</summary>
    public static async Task ExamineAsync(ControlConnection control, TimeProvider time, Examination examination)
    {
        var fields = await control.InfoAsync("server");
        var ours = time.GetUtcNow();
        if (!long.TryParse(fields.GetValueOrDefault("server_time_usec"), out var microseconds)) return;
        var theirs = DateTimeOffset.UnixEpoch.AddMicroseconds(microseconds);
        if ((theirs - ours).Duration() <= DifferenceMax) return;
        examination.Found(
            Checks.Clock, "the server's clock", Text(theirs),
            $"{Text(ours)}, as on this machine, give or take {DifferenceMax.TotalSeconds:0} s",
            "The order of entries is safe, but their ids tell a wrong time: let both machines keep time by NTP; " +
            "nothing has to be restarted.");
    }

    private static string Text(DateTimeOffset time) =>
        time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
