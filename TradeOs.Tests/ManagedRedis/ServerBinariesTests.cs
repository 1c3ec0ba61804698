using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Host;

namespace TradeOs.Tests.ManagedServers;

/// <summary>Where the programs are looked for.</summary>
public sealed class ServerBinariesTests
{
    private TemporaryDirectory _folder = null!;

    [SetUp]
    public void Create() => _folder = new TemporaryDirectory();

    [TearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public void Find_WithoutAServerInPath_IsRefusedAndSaysWhatToInstallOrSet()
    {
        var error = Assert.Throws<RefusedException>(() => ServerBinaries.Find("", _folder.Path));

        Assert.That(error!.Message, Does.StartWith("redis-server was not found in PATH").And
            .Contain("apt-get install redis-server").And.Contain("Redis:ServerPath").And.Contain("External"));
    }

    [Test]
    public void Find_WithAServerPathThatIsNotThere_IsRefusedAndNamesIt()
    {
        var error = Assert.Throws<RefusedException>(() => ServerBinaries.Find(_folder["nowhere"], "/usr/bin"));

        Assert.That(error!.Message, Does.StartWith($"Redis:ServerPath is {_folder["nowhere"]}"));
    }

    [Test]
    public void Find_WithoutTheCheck_IsRefusedAndSaysWhatToInstall()
    {
        File.WriteAllText(_folder["redis-server"], "");

        var error = Assert.Throws<RefusedException>(() => ServerBinaries.Find("", _folder.Path));

        Assert.That(error!.Message, Does.StartWith("redis-check-aof was found neither beside").And
            .Contain("apt-get install redis-tools"));
    }

    [Test]
    public void Find_WithBothInPath_TakesTheCheckBesideTheServer()
    {
        File.WriteAllText(_folder["redis-server"], "");
        File.WriteAllText(_folder["redis-check-aof"], "");

        var found = ServerBinaries.Find("", $"/nowhere:{_folder.Path}:/usr/bin");

        Assert.That(found, Is.EqualTo(new ServerBinaries(_folder["redis-server"], _folder["redis-check-aof"])));
    }
}
