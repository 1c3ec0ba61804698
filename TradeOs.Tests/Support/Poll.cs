namespace TradeOs.Tests;

/// <summary>Waits for something to become true, with a generous bound: a slow machine must not fail a test.</summary>
public static class Poll
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(30);

    /// <summary>Asks every 10 ms until the answer is not null.</summary>
    public static async Task<T> UntilAsync<T>(Func<Task<T?>> ask)
        where T : class
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (await ask() is { } answer) return answer;
            if (TimeProvider.System.GetElapsedTime(started) > WaitMax)
                throw new TimeoutException($"Waited {WaitMax.TotalSeconds:0} s in vain.");
            await Task.Delay(10);
        }
    }

    /// <summary>Asks every 10 ms until the answer is true.</summary>
    public static Task UntilAsync(Func<Task<bool>> ask) => UntilAsync(async () => await ask() ? "true" : null);
}
