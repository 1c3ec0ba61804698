using System.Globalization;
using System.Net;
using System.Net.Sockets;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Bus;

/// <summary>A data connection to something that answers whatever it likes, in whatever parts.</summary>
[TestFixture]
public sealed class DataConnectionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Test]
    public async Task Receive_RepliesInAnyParts_GivesEachOnceAndThenSaysTheConnectionIsLost()
    {
        var random = new Random(Seed.Next());
        for (var round = 0; round < 100; round++)
        {
            var replies = RespText.Reply.Sample(1 + random.Next(20), new Rnd((ulong)random.Next(), 1), 8).ToList();
            await using var server = new AnsweringServer([.. replies.SelectMany(reply => reply)], random.Next());
            using var connection = await server.ConnectAsync();

            foreach (var reply in replies)
            {
                var found = await connection.ReceiveAsync().AsTask().WaitAsync(Patience);
                Assert.That(found.Rest.ToArray(), Is.EqualTo(reply));
            }

            Assert.That(
                async () => await connection.ReceiveAsync(),
                Throws.TypeOf<BusUnavailableException>().With.Message.Contains("lost"));
        }
    }

    [Test]
    public async Task Receive_HostileBytesInAnyParts_EndsInReplies_OrIsUnavailable()
    {
        var random = new Random(Seed.Next());
        for (var round = 0; round < 200; round++)
        {
            var bytes = RespText.Hostile.Sample(1, new Rnd((ulong)random.Next(), 1), 20).Single();
            await using var server = new AnsweringServer(bytes, random.Next());
            using var connection = await server.ConnectAsync();

            Assert.That(
                async () =>
                {
                    for (var reply = 0; reply <= bytes.Length; reply++)
                        await connection.ReceiveAsync().AsTask().WaitAsync(Patience);
                },
                Throws.TypeOf<BusUnavailableException>(),
                Convert.ToHexString(bytes));
        }
    }

    [TestCase("*1000000\r\n")]
    [TestCase("$2147483645\r\n")]
    [TestCase("*8\r\n*1000000\r\n*1000000\r\n*1000000\r\n")]
    public async Task Receive_AReplyThatOnlyClaimsToBeHuge_TakesNoMemoryForTheClaim(string claim)
    {
        await using var server = new AnsweringServer(RespText.Ascii(claim), 1);
        using var connection = await server.ConnectAsync();
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.That(async () => await connection.ReceiveAsync(), Throws.TypeOf<BusUnavailableException>());

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(10_000_000));
    }

    [TestCase("$100000000\r\n")]
    [TestCase("*900000\r\n")]
    public async Task Receive_AReplyWithoutEnd_IsGivenUpAtTheBound(string beginning)
    {
        var numbers = Enumerable.Repeat(RespText.Ascii(":1\r\n"), 250_000);
        byte[] endless = [.. RespText.Ascii(beginning), .. numbers.SelectMany(one => one)];
        await using var server = new AnsweringServer(endless, 1, partBytesMax: 50_000);
        using var connection = await server.ConnectAsync(options => options.ReplyBytesMax = 200_000);

        Assert.That(
            async () => await connection.ReceiveAsync(),
            Throws.TypeOf<BusUnavailableException>().With.Message.Contains("larger than 200000 bytes"));
    }

    [TestCase("HTTP/1.1 400 Bad Request\r\n\r\n")]
    [TestCase("220 mail ready\r\n")]
    [TestCase("SSH-2.0-OpenSSH\r\n")]
    public async Task Connect_WhereNoRedisListens_IsUnavailableAndAsksWhetherItIsRedis(string greeting)
    {
        await using var server = new AnsweringServer(RespText.Ascii(greeting), 1, answersPing: false);

        Assert.That(
            async () => await server.ConnectAsync(),
            Throws.TypeOf<BusUnavailableException>().With.Message.Contains("Is a Redis server listening there?"));
    }

    [Test]
    public void Connect_WhereNobodyAnswers_IsUnavailableAfterTheCommandTimeout()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        var options = new RedisOptions
        {
            Endpoint = "127.0.0.1:" + port,
            CommandTimeout = TimeSpan.FromMilliseconds(200),
        };

        Assert.That(
            async () => await DataConnection.ConnectAsync(options, TimeProvider.System, CancellationToken.None),
            Throws.TypeOf<BusUnavailableException>().With.Message.Contains("no answer in 0.2 s"));
    }

    [Test]
    public async Task Connect_WhereConnectionsAreNotEvenTaken_IsUnavailableAfterTheCommandTimeout()
    {
        using var full = new Socket(SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        var endpoint = (IPEndPoint)full.LocalEndPoint!;
        var waiting = Enumerable.Range(0, 4).Select(_ => new Socket(SocketType.Stream, ProtocolType.Tcp)).ToList();
        foreach (var socket in waiting) _ = socket.ConnectAsync(endpoint);
        var options = new RedisOptions
        {
            Endpoint = endpoint.ToString(),
            CommandTimeout = TimeSpan.FromMilliseconds(500),
        };

        Assert.That(
            async () => await DataConnection.ConnectAsync(options, TimeProvider.System, default).WaitAsync(Patience),
            Throws.TypeOf<BusUnavailableException>().With.Message.Contains("no answer in 0.5 s"));
        foreach (var socket in waiting) socket.Dispose();
    }

    /// <summary>Answers the first request with PONG, if at all, then sends its bytes in random parts and
    /// closes.</summary>
    private sealed class AnsweringServer : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Task _serving;

        public AnsweringServer(byte[] bytes, int seed, bool answersPing = true, int partBytesMax = 40)
        {
            _listener.Start();
            _serving = ServeAsync(bytes, new Random(seed), answersPing, partBytesMax);
        }

        public Task<DataConnection> ConnectAsync(Action<RedisOptions>? change = null)
        {
            var port = ((IPEndPoint)_listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
            var options = new RedisOptions { Endpoint = "127.0.0.1:" + port };
            change?.Invoke(options);
            return DataConnection.ConnectAsync(options, TimeProvider.System, CancellationToken.None);
        }

        public async ValueTask DisposeAsync()
        {
            await _serving;
            _listener.Stop();
        }

        private async Task ServeAsync(byte[] bytes, Random random, bool answersPing, int partBytesMax)
        {
            using var client = await _listener.AcceptSocketAsync();
            client.NoDelay = true;
            try
            {
                await client.ReceiveAsync(new byte[1024]);
                if (answersPing) await client.SendAsync("+PONG\r\n"u8.ToArray());
                for (var sent = 0; sent < bytes.Length;)
                {
                    var part = Math.Min(bytes.Length - sent, random.Next(1, partBytesMax));
                    await client.SendAsync(bytes.AsMemory(sent, part));
                    sent += part;
                    if (random.Next(4) == 0) await Task.Yield();
                }

                client.Shutdown(SocketShutdown.Send);
                await client.ReceiveAsync(new byte[1024]);
            }
            catch (SocketException)
            {
                // The client gave up first.
            }
        }
    }
}
