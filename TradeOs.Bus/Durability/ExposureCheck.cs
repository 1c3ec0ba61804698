using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace TradeOs.Bus;

/// <summary>Who can reach the server beside this machine: whoever can may trade, or delete everything.</summary>
internal static class ExposureCheck
{
    private const string Loopback = "127.0.0.1 -::1";

    /// <summary>Examines where the server listens, and on which way it was reached.</summary>
    public static async Task ExamineAsync(RedisOptions options, ServerFacts facts, Examination examination)
    {
        examination.Looked(Checks.Exposed, Checks.Bind, Checks.Remote);
        if (options.AllowNetwork) return;
        if (facts.IsOnThisMachine) ExamineBind(options, facts, examination);
        else if (options.Address.IsLocal) await ExaminePublishedAsync(options, OwnAddresses(), examination);
        else ExamineRemote(options, facts, examination);
    }

    /// <summary>An empty bind listens everywhere; a leading minus only means that the address may be missing.</summary>
    public static bool IsLoopbackOnly(string bind) => bind.Length > 0 && bind.Split(' ').All(word =>
        word == "localhost" ||
        (IPAddress.TryParse(word.TrimStart('-'), out var address) && IPAddress.IsLoopback(address)));

    /// <summary>A server in a container: what counts is on which addresses of this machine its port answers.</summary>
    public static async Task ExaminePublishedAsync(
        RedisOptions options, IEnumerable<IPAddress> addresses, Examination examination)
    {
        var port = options.Address.Port;
        var answers = await Task.WhenAll(addresses.Select(async address =>
            (Address: address, IsOpen: await AnswersAsync(address, port))));
        if (answers.FirstOrDefault(answer => answer.IsOpen).Address is not { } open) return;
        examination.Found(
            options.Password.Length > 0 ? Checks.Bind : Checks.Exposed, "the published port",
            $"open at {open}:{port}", "open at 127.0.0.1 only",
            $"Publish it as 127.0.0.1:{port}:6379, or accept it with a password and Redis:AllowNetwork=true.");
    }

    private static void ExamineBind(RedisOptions options, ServerFacts facts, Examination examination)
    {
        var isClosed = facts.Setting("port") == 0 && facts.Setting("tls-port") is null or 0;
        var bind = facts.Settings.GetValueOrDefault("bind", Loopback);
        if (isClosed || IsLoopbackOnly(bind)) return;
        var isGuarded = options.Password.Length > 0 || facts.Settings.GetValueOrDefault("protected-mode") == "yes";
        examination.Found(
            isGuarded ? Checks.Bind : Checks.Exposed, "bind", bind, "loopback addresses only",
            (isGuarded ? "" : "Whoever reaches the port may trade, and delete everything. ") +
            $"Run `CONFIG SET bind \"{Loopback}\"`, {facts.Persist}; or set a password and accept the network with " +
            "Redis:AllowNetwork=true.");
    }

    private static void ExamineRemote(RedisOptions options, ServerFacts facts, Examination examination)
    {
        var isOpen = options.Password.Length == 0 && facts.Settings.GetValueOrDefault("protected-mode") != "yes";
        examination.Found(
            isOpen ? Checks.Exposed : Checks.Remote, "Redis:Endpoint", options.Endpoint, "a server on this machine",
            (isOpen ? "It is open to its network without a password. " : "") +
            "Every message leaves this machine: use a server on it, or accept the network, with a password, by " +
            "Redis:AllowNetwork=true.");
    }

    private static IEnumerable<IPAddress> OwnAddresses() =>
        NetworkInterface.GetAllNetworkInterfaces()
            .Where(network => network.OperationalStatus == OperationalStatus.Up)
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .Where(address => !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal);

    private static async Task<bool> AnswersAsync(IPAddress address, int port)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        using var client = new TcpClient(address.AddressFamily);
        try
        {
            await client.ConnectAsync(address, port, deadline.Token);
            return true;
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
