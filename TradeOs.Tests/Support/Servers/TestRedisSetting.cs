using NUnit.Framework;

namespace TradeOs.Tests;

/// <summary>Says once which servers the tests run on, when it is not the default.</summary>
[SetUpFixture]
public sealed class TestRedisSetting
{
    /// <summary>Reads the variable, then takes it away: to the program it would be a setting that nobody
    /// knows.</summary>
    [OneTimeSetUp]
    public void Read()
    {
        if (TestRedisChoice.Current.Kind == TestRedisKind.Process) return;
        Environment.SetEnvironmentVariable(TestRedisChoice.Variable, null);
        TestContext.Progress.WriteLine($"{TestRedisChoice.Variable}={TestRedisChoice.Current}");
    }
}
