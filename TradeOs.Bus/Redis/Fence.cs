using System.Globalization;

namespace TradeOs.Bus;

/// <summary>Takes a hash of ours over, so that whoever held it before can do nothing more.</summary>
/// <remarks>
/// On the taker's own data connection: watch the hash, read who holds it, kill that connection, then write our own
/// epoch, client id, run id and owner in one transaction. What the old holder had sent and the server had not read
/// never executes; what it had read executed before the kill and shows in the hash. When anyone else wrote the hash in
/// between, the transaction does nothing and it all starts over, so of any number of racers exactly one stands in the
/// hash at the end: the one whose connection lives.
/// </remarks>
/// <param name="connection">The connection that will hold the hash.</param>
/// <param name="server">What that connection is called by its server.</param>
/// <param name="owner">Random id of this host.</param>
internal sealed class Fence(DataConnection connection, ServerIdentity server, string owner)
{
    private const int AttemptsMax = 1000;

    /// <summary>Takes the hash at <paramref name="key"/> over and returns its new epoch.</summary>
    /// <param name="key">The hash.</param>
    /// <param name="admit">Looks at who holds it, before anyone is killed; throws to leave it alone.</param>
    /// <param name="more">Further names and values to write with it.</param>
    public async Task<long> TakeAsync(
        string key, Func<Holder, Task> admit, Func<Holder, Task<IReadOnlyList<string>>> more)
    {
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            await connection.AskAsync("WATCH", key);
            var holder = await HolderAsync(key);
            await admit(holder);
            if (holder.RunId == server.RunId && holder.Client is { } client && client != server.Client)
                await connection.AskAsync("CLIENT", "KILL", "ID", client);
            if (await WriteAsync(key, holder, await more(holder))) return holder.Epoch + 1;
        }

        throw new BusUnavailableException($"{key}: {AttemptsMax} attempts to open it met another opener each time.");
    }

    private async Task<Holder> HolderAsync(string key)
    {
        var reply = await connection.AskAsync("HMGET", key, "epoch", "client", "run_id", "owner", "name");
        reply.Array();
        var text = reply.Text();
        if (!long.TryParse(text ?? "0", NumberStyles.None, CultureInfo.InvariantCulture, out var epoch))
        {
            throw new StreamDamagedException(
                $"{key}: its field 'epoch' is \"{text}\", expected a number. Restore the data of this server.");
        }

        return new Holder(text is not null, epoch, reply.Text(), reply.Text(), reply.Text(), reply.Text());
    }

    private async Task<bool> WriteAsync(string key, Holder holder, IReadOnlyList<string> more)
    {
        var epoch = (holder.Epoch + 1).ToString(CultureInfo.InvariantCulture);
        connection.Commands.Command("MULTI");
        connection.Commands.Command(
            ["HSET", key, "epoch", epoch, "client", server.Client, "run_id", server.RunId, "owner", owner, .. more]);
        connection.Commands.Command("EXEC");
        await connection.SendAsync();
        for (var queued = 0; queued < 2; queued++)
            DataConnection.ThrowIfError(await connection.ReceiveAsync(), "HSET", key);
        var executed = DataConnection.ThrowIfError(await connection.ReceiveAsync());
        if (executed.IsNil) return false;
        executed.Array();
        DataConnection.ThrowIfError(executed, "HSET", key);
        return true;
    }
}

/// <summary>Who stands in a fenced hash.</summary>
/// <param name="Exists">False when there is no such hash.</param>
/// <param name="Epoch">How often it was taken; 0 when never.</param>
/// <param name="Client">Client id of the holder's connection.</param>
/// <param name="RunId">Server process that id belongs to.</param>
/// <param name="Owner">Host that holds it.</param>
/// <param name="Name">What the holder calls itself.</param>
internal sealed record Holder(bool Exists, long Epoch, string? Client, string? RunId, string? Owner, string? Name);

/// <summary>A connection as its server knows it.</summary>
/// <param name="RunId">Names the server process; another after each restart.</param>
/// <param name="Client">Id of the connection within that process.</param>
internal sealed record ServerIdentity(string RunId, string Client)
{
    public static async Task<ServerIdentity> OfAsync(DataConnection connection)
    {
        var client = (await connection.AskAsync("CLIENT", "ID")).Integer().ToString(CultureInfo.InvariantCulture);
        var facts = (await connection.AskAsync("INFO", "server")).Text() ?? "";
        var line = facts.Split("\r\n").FirstOrDefault(line => line.StartsWith("run_id:", StringComparison.Ordinal))
            ?? throw new BusUnavailableException("Redis' INFO names no run_id; is it a Redis server of 7.0 or newer?");
        return new ServerIdentity(line["run_id:".Length..], client);
    }
}
