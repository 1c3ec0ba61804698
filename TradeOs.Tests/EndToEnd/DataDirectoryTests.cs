using NUnit.Framework;
using TradeOs.Host;

namespace TradeOs.Tests.EndToEnd;

/// <summary>What a run asks of its data directory.</summary>
public sealed class DataDirectoryTests
{
    private const int HostCount = 8;
    private const int AskCount = 200;

    [Test]
    public void ThrowUnlessWritable_AskedByManyHostsAtOnce_LetsAllOfThemStart()
    {
        using var directory = new TemporaryDirectory();

        Assert.That(
            () => Parallel.For(
                0, HostCount, new ParallelOptions { MaxDegreeOfParallelism = HostCount },
                _ =>
                {
                    for (var ask = 0; ask < AskCount; ask++) DataDirectory.ThrowUnlessWritable(directory.Path);
                }),
            Throws.Nothing);

        Assert.That(Directory.EnumerateFileSystemEntries(directory.Path), Is.Empty);
    }

    [Test]
    public void ThrowUnlessWritable_WhereAFileStands_SaysWhatToDo()
    {
        using var directory = new TemporaryDirectory();
        var file = Path.Combine(directory.Path, "data");
        File.WriteAllText(file, "");

        Assert.That(
            () => DataDirectory.ThrowUnlessWritable(file),
            Throws.TypeOf<ConfigurationProblemException>().With.Message.Contains(
                $"Data:Directory is \"{file}\", expected a directory this user can write to"));
    }
}
