using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace TradeOs.Tests.Chaos;

/// <summary>Keeps one request, or the answer to it, on its way at a proxy until it is let go.</summary>
/// <param name="isMeant">Which request.</param>
/// <param name="isAnswer">Whether the request passes and its answer is kept.</param>
internal sealed partial class Hold(Func<string, bool> isMeant, bool isAnswer = false)
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _taken;

    /// <summary>Whether it looks at requests yet; by default it does.</summary>
    public bool IsArmed { get; set; } = true;

    /// <summary>The reader whose commit a request begins with; null when it begins with something else.</summary>
    public static string? Committing(string request) =>
        Commit().Match(request) is { Success: true } commit ? commit.Groups[1].Value : null;

    /// <summary>Whether a request is a commit of that reader, alone or in a chain. Its keys do not tell: those who read
    /// what it writes are among them.</summary>
    public static bool Commits(string request, string reader) => Committing(request) is not null
        && new WireRequest(0, "", Encoding.Latin1.GetBytes(request)).Committing.Contains(reader);

    /// <summary>A proxy before the world's own that holds it.</summary>
    public TcpProxy NewProxy(World world) =>
        new(PortOf(world), DecideAsync) { Answering = request => isAnswer ? PassAsync(request) : Task.CompletedTask };

    /// <summary>Where the world's own proxy listens.</summary>
    public static int PortOf(World world) =>
        int.Parse(world.Wire.Endpoint.Split(':')[1], CultureInfo.InvariantCulture);

    /// <summary>Waits until it is held.</summary>
    public async Task ReachedAsync(World world)
    {
        while (!_reached.Task.IsCompleted)
        {
            Standing.ThrowIfEnded(world);
            await Task.WhenAny(_reached.Task, Task.Delay(50));
        }
    }

    /// <summary>Lets it go.</summary>
    public void Release() => _release.TrySetResult();

    private async Task<Fault> DecideAsync(string request)
    {
        if (!isAnswer) await PassAsync(request);
        return Fault.None;
    }

    private Task PassAsync(string request)
    {
        if (!IsArmed || !isMeant(request) || Interlocked.Exchange(ref _taken, 1) == 1) return Task.CompletedTask;
        _reached.TrySetResult();
        return _release.Task;
    }

    [GeneratedRegex(
        @"\A\*\d+\r\n\$7\r\nEVALSHA\r\n\$40\r\n\w{40}\r\n\$\d+\r\n\d+\r\n" +
        @"\$\d+\r\ntradeos:checkpoint:([a-z-]+)\r\n")]
    private static partial Regex Commit();
}
