using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>Redis beside the files of an archive: asked where it answers, done without where it does not.</summary>
internal static class ArchiveLook
{
    /// <summary>Connects; null, and why, where it cannot be asked.</summary>
    public static async Task<(BusLook? Look, string? Absence)> TryOpenAsync(
        Settings settings, CancellationToken cancellationToken)
    {
        try
        {
            return (await BusLook.OpenAsync(settings, cancellationToken), null);
        }
        catch (Exception failure) when (failure is BusUnavailableException or RefusedException)
        {
            return (null, failure.Message);
        }
    }

    /// <summary>Runs something that takes a while, with a line a person can watch.</summary>
    /// <param name="what">What is done.</param>
    /// <param name="work">The work; it says how far it is.</param>
    public static async Task<T> WatchedAsync<T>(string what, Func<Action<string>, Task<T>> work)
    {
        if (!Terminal.IsWatched) return await work(_ => { });
        return await Spectre.Console.AnsiConsoleExtensions.Status(Terminal.Error).StartAsync(
            what, status => work(at => status.Status = Spectre.Console.Markup.Escape($"{what} {Terminal.Shown(at)}")));
    }
}
