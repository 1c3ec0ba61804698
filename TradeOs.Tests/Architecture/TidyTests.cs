using NUnit.Framework;

namespace TradeOs.Tests.Architecture;

/// <summary>What STYLE and the rooms of the design demand and a machine can see in the text.</summary>
[TestFixture]
public sealed class TidyTests
{
    private static IEnumerable<string> RuleNames => TidyRule.All.Select(rule => rule.Name);

    /// <summary>For each rule a text that breaks it, and where that text would stand.</summary>
    private static IEnumerable<TestCaseData> Broken =>
    [
        Break("stages have no clock", "TradeOs.Stages/A.cs", "var at = DateTime.UtcNow;"),
        Break("stages have no clock", "TradeOs.Stages/A.cs", "var at = DateTimeOffset.Now;"),
        Break("stages have no clock", "TradeOs.Stages/A.cs", "Stopwatch watch;"),
        Break("stages have no clock", "TradeOs.Stages/A.cs", "TimeProvider time;"),
        Break("stages have no chance", "TradeOs.Stages/A.cs", "new Random();"),
        Break("stages have no chance", "TradeOs.Stages/A.cs", "var id = Guid.NewGuid();"),
        Break("stages do not wait", "TradeOs.Stages/A.cs", "Task Wait();"),
        Break("stages do not wait", "TradeOs.Stages/A.cs", "private async void Wait()"),
        Break("stages take no lock", "TradeOs.Stages/A.cs", "lock (_gate) _count++;"),
        Break("stages take no lock", "TradeOs.Stages/A.cs", "Monitor.Enter(_gate);"),
        Break("stages do no I/O", "TradeOs.Stages/A.cs", "using System.IO;"),
        Break("stages do no I/O", "TradeOs.Stages/A.cs", "File.ReadAllText(path);"),
        Break("stages do no I/O", "TradeOs.Stages/A.cs", "Console.WriteLine();"),
        Break("stages know no Redis", "TradeOs.Stages/A.cs", "using StackExchange.Redis;"),
        Break("stages do not log", "TradeOs.Stages/A.cs", "ILogger<A> logger"),
        Break("stages catch nothing", "TradeOs.Stages/A.cs", "try { } catch (FormatException) { }"),
        Break("the bus knows no room above it", "TradeOs.Bus/A.cs", "using TradeOs.Stages;"),
        Break("the bus knows no configuration and no console", "TradeOs.Bus/A.cs", "IConfigurationRoot root"),
        Break("the bus knows no configuration and no console", "TradeOs.Bus/A.cs", "Console.Error.Write(1);"),
        Break("the bus knows no trading", "TradeOs.Bus/A.cs", "Price price"),
        Break("no Task.Run in the pipeline", "TradeOs.Host/A.cs", "_ = Task.Run(Work);"),
        Break("no async void", "TradeOs.Host/A.cs", "async void Fire()"),
        Break("no ConfigureAwait", "TradeOs.Bus/A.cs", "await work.ConfigureAwait(false);"),
        Break("no ConfigureAwait", "TradeOs.Bus/A.cs", "work.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);"),
        Break(
            "no ConfigureAwait", "TradeOs.Bus/A.cs",
            "work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);"),
        Break("no #region", "TradeOs.Bus/A.cs", "#region Fields"),
        Break("no type named for nothing", "TradeOs.Host/A.cs", "class FeedManager"),
        Break("no type named for nothing", "TradeOs.Host/A.cs", "public sealed record OrderInfo(int A);"),
        Break("no type named for nothing", "TradeOs.Host/A.cs", "internal interface Helper"),
        Break(
            "catch (Exception) without when stands in Program.cs only", "TradeOs.Host/A.cs",
            "catch (Exception e) { }"),
        Break(
            "catch (Exception) without when stands in Program.cs only", "TradeOs.Host/A.cs",
            "catch (Exception)\n{ throw; }"),
        Break(
            "catch (Exception) without when stands in Program.cs only", "TradeOs.Host/A.cs",
            "catch { Log(); }"),
        Break("no open ends", "TradeOs.Host/A.cs", "// TO" + "DO later"),
        Break("a reason behind every #pragma warning disable", "TradeOs.Host/A.cs", "#pragma warning disable CA1000"),
        Break("no line over 120 characters", "TradeOs.Host/A.cs", new string('a', 121)),
        Break("no file over 300 lines", "TradeOs.Host/A.cs", new string('\n', 301)),
        Break("no method over 50 lines", "TradeOs.Host/A.cs", $"void A()\n    {{\n{new string('\n', 50)}\n    }}"),
    ];

    [TestCaseSource(nameof(RuleNames))]
    public void Rule_OnTheWholeHouse_IsKept(string name)
    {
        var rule = TidyRule.All.Single(rule => rule.Name == name);

        var breaks = SourceFile.All().Where(rule.Applies).SelectMany(rule.Breaks).ToList();

        Assert.That(breaks, Is.Empty, $"{name}:\n{string.Join('\n', breaks)}");
    }

    [TestCaseSource(nameof(Broken))]
    public void Rule_OnATextThatBreaksIt_Objects(string name, string path, string text)
    {
        var rule = TidyRule.All.Single(rule => rule.Name == name);
        var file = new SourceFile(path, text);

        Assert.That(rule.Applies(file), Is.True);
        Assert.That(rule.Breaks(file), Is.Not.Empty);
    }

    [Test]
    public void Rules_AllHaveATextThatBreaksThem() =>
        Assert.That(Broken.Select(row => (string?)row.Arguments[0]).Distinct(), Is.EquivalentTo(RuleNames));

    [TestCase("TradeOs.Stages/A.cs", "// DateTime.UtcNow, Task and catch\nvar text = \"catch Task\";")]
    [TestCase("TradeOs.Stages/A.cs", "/* Console.Write */ var quote = '\"'; var other = \"\\\"\"; var price = 1;")]
    [TestCase("TradeOs.Host/Program.cs", "catch (Exception failure) { return 1; }")]
    [TestCase("TradeOs.Bus/A.cs", "catch (Exception failure) when (IsLoss(failure)) { }")]
    [TestCase("TradeOs.Bus/A.cs", "catch\n{\n    socket.Dispose();\n    throw;\n}")]
    [TestCase("TradeOs.Bus/A.cs", "await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);")]
    [TestCase("TradeOs.Stages/A.cs", "var monitored = block(Blocks); Monitors.Count();")]
    [TestCase("TradeOs.Bus/A.cs", "#pragma warning disable CA5350 // Redis names scripts by SHA-1.")]
    [TestCase("TradeOs.Bus/A.cs", "class Database { } class Information { } class Bases { }")]
    public void Rules_OnATidyText_AllAgree(string path, string text)
    {
        var file = new SourceFile(path, text);

        Assert.That(TidyRule.All.Where(rule => rule.Applies(file)).SelectMany(rule => rule.Breaks(file)), Is.Empty);
    }

    [Test]
    public void House_IsSeenWhole() =>
        Assert.That(
            SourceFile.All().Select(file => file.Path.Split('/')[0]).Distinct(),
            Is.SupersetOf(new[] { "TradeOs.Bus", "TradeOs.Stages", "TradeOs.Host", "TradeOs.Tests" }));

    private static TestCaseData Break(string rule, string path, string text) => new(rule, path, text);
}
