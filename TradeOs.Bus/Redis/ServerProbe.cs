using System.Net.Sockets;
using System.Text;

namespace TradeOs.Bus;

/// <summary>What is found at the endpoint of a server.</summary>
public enum ServerPresence
{
    /// <summary>Nothing listens, or nothing answers.</summary>
    Absent,

    /// <summary>A Redis that cannot be asked yet: it loads its data, or it is busy.</summary>
    NotReady,

    /// <summary>A Redis that refuses the password, or the lack of one.</summary>
    Refusing,

    /// <summary>Something that does not speak Redis' protocol.</summary>
    Foreign,

    /// <summary>A Redis that answers.</summary>
    Ready,
}

/// <summary>One question to whatever listens at an endpoint.</summary>
/// <remarks>Asked on a socket of its own: StackExchange.Redis tells a wrong password and a closed port alike.</remarks>
/// <param name="Presence">What is there.</param>
/// <param name="Answer">What it said, or why it said nothing.</param>
public sealed record ServerProbe(ServerPresence Presence, string Answer)
{
    private static readonly TimeSpan AnswerWaitMax = TimeSpan.FromSeconds(3);

    /// <summary>Connects, authenticates and sends one PING; waits 3 s at most.</summary>
    public static async Task<ServerProbe> AskAsync(RedisOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(AnswerWaitMax);
        using var client = new TcpClient { NoDelay = true };
        try
        {
            await client.ConnectAsync(options.HostName, options.Port, deadline.Token);
            var stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.UTF8, false, 256, leaveOpen: true);
            if (options.Password.Length > 0)
            {
                var accepted = await AskAsync(stream, reader, deadline.Token, "AUTH", options.Password);
                if (accepted != "+OK") return Judge(accepted);
            }

            return Judge(await AskAsync(stream, reader, deadline.Token, "PING"));
        }
        catch (Exception failure) when (failure is SocketException or IOException)
        {
            return new ServerProbe(ServerPresence.Absent, failure.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ServerProbe(ServerPresence.Absent, $"no answer in {AnswerWaitMax.TotalSeconds:0} s");
        }
    }

    private static async Task<string> AskAsync(
        NetworkStream stream, StreamReader reader, CancellationToken cancellationToken, params string[] words)
    {
        var command = new RespWriter();
        command.Command(words);
        await stream.WriteAsync(command.Written, cancellationToken);
        return await reader.ReadLineAsync(cancellationToken) ?? throw new IOException("the connection was closed");
    }

    private static ServerProbe Judge(string answer) => new(
        answer.Split(' ')[0] switch
        {
            "+PONG" => ServerPresence.Ready,
            "-LOADING" or "-BUSY" or "-MASTERDOWN" or "-MISCONF" => ServerPresence.NotReady,
            _ when answer.StartsWith('-') => ServerPresence.Refusing,
            _ => ServerPresence.Foreign,
        },
        answer.TrimStart('-', '+'));
}
