using System.Diagnostics;
using System.Globalization;
using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Host;

namespace TradeOs.Tests.Doctor;

/// <summary>A machine that is not fit: its disk, its memory, its clock.</summary>
[TestFixture]
public sealed class MachineFindingTests : DoctorFixture
{
    private readonly TemporaryDirectory _data = new();

    [OneTimeTearDown]
    public void RemoveData() => _data.Dispose();

    [Test]
    [Produces("free-disk")]
    public async Task Examine_LessFreeThanAskedFor_IsFoundUntilLessIsAskedFor()
    {
        await using var server = await RedisServerProcess.StartAsync();

        var found = await ExamineAsync(server, _data.Path, ("Redis:FreeDiskMin", "1000000000000000"));

        var files = Path.Combine(server.Directory, "appendonlydir");
        Assert.That(Only(found, "free-disk").ToString(), Does.Match(
            $"^{files} is \"[0-9,]+ bytes free\", expected 1,000,000,000,000,000 bytes or more: On a full disk " +
            "redis-server ends and the pipeline stops: make room there, move the server's data to a larger disk, or " +
            "lower Redis:FreeDiskMin "));
        Assert.That(Codes(await ExamineAsync(server, _data.Path, ("Redis:FreeDiskMin", "0"))), Is.Empty);
    }

    [Test]
    [Produces("memory-disk")]
    public async Task Examine_ADataDirectoryInMemory_IsFound()
    {
        using var disk = SmallDisk.Make();
        await using var server = await RedisServerProcess.StartAsync("--dir", disk.Path);

        var examination = await ExamineAsync(server, _data.Path, ("Redis:FreeDiskMin", $"{disk.TooMuch}"));

        Assert.That(Codes(examination), Is.EqualTo(new[] { "free-disk", "memory-disk" }));
        Assert.That(Only(examination, "memory-disk").ToString(), Is.EqualTo(
            $"{disk.Path}/appendonlydir is \"tmpfs\", expected a file system on a disk: Everything in it is gone " +
            "when the machine loses power: move the server's dir to a disk."));
    }

    [Test]
    public void FileSystemOf_ADirectoryThatHasNoMountInSight_IsNotKnown()
    {
        Assert.That(MachineExamination.FileSystemOf("/no/such/directory"), Is.Null);
    }

    [Test]
    public void Judge_LessFreeThanTheAppendOnlyFileIsLarge_IsFoundWhateverIsAskedFor()
    {
        var facts = Here(("aof_current_size", "1000000000000000"));
        var examination = new Examination();

        new MachineExamination(freeDiskMin: 0).Examine(facts, examination);

        Assert.That(Only(examination, "free-disk").Expected, Is.EqualTo("1,000,000,000,000,000 bytes or more"));
    }

    [TestCase("2", "1000", true)]
    [TestCase("0", "9000000", true)]
    [TestCase("0", "1000", false)]
    [TestCase("1", "9000000", false)]
    [Produces("overcommit")]
    public void Judge_AKernelThatMayRefuseToFork_IsFound(string setting, string used, bool isFound)
    {
        using var kernel = new TemporaryDirectory();
        Directory.CreateDirectory(kernel["sys", "vm"]);
        File.WriteAllText(kernel["sys", "vm", "overcommit_memory"], setting + "\n");
        File.WriteAllText(kernel["meminfo"], "MemTotal:       16384 kB\nMemFree:  1 kB\n");
        var examination = new Examination();

        new MachineExamination(0, kernel.Path).Examine(Here(("used_memory_rss", used)), examination);

        if (!isFound)
        {
            Assert.That(examination.Findings, Is.Empty);
            return;
        }

        var bytes = long.Parse(used, CultureInfo.InvariantCulture).ToString("N0", CultureInfo.InvariantCulture);
        Assert.That(Only(examination, "overcommit").ToString(), Is.EqualTo(
            $"{kernel.Path}/sys/vm/overcommit_memory is \"{setting}\", expected 1: The server holds {bytes} bytes, " +
            "and the kernel may refuse it a second process to rewrite its append-only file, which then only grows: " +
            "run sysctl vm.overcommit_memory=1 as root, and write it into /etc/sysctl.conf."));
    }

    [Test]
    public void Examine_AServerOnAnotherMachine_SaysWhatCannotBeSeen()
    {
        var facts = ServerFacts.Empty with
        {
            Connection = ServerFacts.ClientLine("addr=192.0.2.1:40000 laddr=192.0.2.7:6379"),
        };
        var examination = new Examination();

        new MachineExamination(long.MaxValue).Examine(facts, examination);

        Assert.That(examination.Findings, Is.Empty);
        foreach (var check in (Check[])[Checks.FreeDisk, Checks.MemoryDisk, Checks.Overcommit])
        {
            Assert.That(
                examination.Skipped,
                Does.Contain((check, "the server is not on this machine, or in a container")));
        }
    }

    [Test]
    [Produces("clock")]
    public async Task Examine_WithAClockFarOff_IsFoundOnlyThen()
    {
        await using var server = await RedisServerProcess.StartAsync();

        var far = await ExamineAsync(server, _data.Path, new LateClock(TimeSpan.FromMinutes(10)));
        var near = await ExamineAsync(server, _data.Path, new LateClock(TimeSpan.FromSeconds(1)));

        Assert.That(Only(far, "clock").ToString(), Does.Match(
            "^the server's clock is \"[-0-9]+T[:0-9]+Z\", expected [-0-9]+T[:0-9]+Z, as on this machine, give or " +
            "take 5 s: The order of entries is safe, but their ids tell a wrong time: let both machines keep time by " +
            "NTP"));
        Assert.That(Codes(near), Is.Empty);
    }

    private ServerFacts Here(params (string Name, string Value)[] fields) => ServerFacts.Empty with
    {
        Connection = ServerFacts.ClientLine("addr=127.0.0.1:40000 laddr=127.0.0.1:6379"),
        Settings = new Dictionary<string, string> { ["dir"] = _data.Path },
        Fields = fields.ToDictionary(),
    };

    private sealed class LateClock(TimeSpan late) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() - late;
    }

    /// <summary>A file system in memory: 16 MB of our own where we may mount one, else the machine's.</summary>
    private sealed class SmallDisk : IDisposable
    {
        private const string Shared = "/dev/shm";

        private readonly bool _isMounted;

        private SmallDisk(string path, bool isMounted) => (Path, _isMounted) = (path, isMounted);

        public string Path { get; }

        /// <summary>More free bytes than there are; on the small one the default of the option is.</summary>
        public long TooMuch =>
            _isMounted ? new RedisOptions().FreeDiskMin : new DriveInfo(Path).AvailableFreeSpace + (1L << 30);

        public static SmallDisk Make()
        {
            var own = Directory.CreateTempSubdirectory("tradeos-disk-").FullName;
            if (Run("mount", "-t", "tmpfs", "-o", "size=16m", "tradeos", own)) return new SmallDisk(own, true);
            Directory.Delete(own);
            TestContext.Out.WriteLine($"No right to mount: {Shared} takes the place of a small disk.");
            return new SmallDisk(Directory.CreateDirectory($"{Shared}/tradeos-{Guid.NewGuid():N}").FullName, false);
        }

        public void Dispose()
        {
            if (_isMounted) Run("umount", "-l", Path);
            Directory.Delete(Path, recursive: true);
        }

        private static bool Run(string program, params string[] arguments)
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true };
            using var process = Process.Start(start)!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
    }
}
