using NUnit.Framework;
using TradeOs.Stages;

namespace TradeOs.Tests.Stages;

public sealed class SeenNumbersTests
{
    [TestCase("1 2 3", ExpectedResult = "nnn", TestName = "one by one")]
    [TestCase("1 2 2 1", ExpectedResult = "nnss", TestName = "again")]
    [TestCase("7 1 6 7 1 6", ExpectedResult = "nnnsss", TestName = "what was left out, once each")]
    [TestCase("1 9 5 4 6 2 8 3 7 5", ExpectedResult = "nnnnnnnnns", TestName = "in any order")]
    [TestCase("1 1001", ExpectedResult = "nn", TestName = "as far ahead as can be")]
    [TestCase("1 1002 2", ExpectedResult = "nfn", TestName = "too far ahead counts nothing")]
    [TestCase(
        "9223372036854775807 1 2 9223372036854775807", ExpectedResult = "nnns", TestName = "the first at its word")]
    [TestCase("1 9223372036854775807 2", ExpectedResult = "nfn", TestName = "the largest there is")]
    public string Numbers_Shown_AreNewSeenOrFarAhead(string numbers)
    {
        var seen = SeenNumbers.None;
        return string.Concat(numbers.Split(' ').Select(text =>
        {
            (seen, var kind) = seen.See(long.Parse(text, System.Globalization.CultureInfo.InvariantCulture));
            return kind switch { NumberKind.New => 'n', NumberKind.Seen => 's', _ => 'f' };
        }));
    }

    [Test]
    public void Numbers_WithMoreGapsThanAreKept_ForgetTheOldestAndCallThemSeen()
    {
        var seen = SeenNumbers.None;
        for (var number = 2; number <= 2 * (SeenNumbers.RangesMax + 1); number += 2) (seen, _) = seen.See(number);

        Assert.That(seen.LeftOut, Has.Length.EqualTo(SeenNumbers.RangesMax));
        Assert.That((seen.See(1).Kind, seen.See(3).Kind), Is.EqualTo((NumberKind.Seen, NumberKind.New)));
    }

    /// <summary>Whatever order they come in, each number is new once: held against a plain set.</summary>
    [Test]
    public void Numbers_InRandomOrder_AreNewOnce()
    {
        var random = new Random(Seed.Next());
        var (seen, known) = (SeenNumbers.None, new HashSet<long>());
        for (var step = 0; step < 2000; step++)
        {
            var number = random.Next(1, 60);
            (seen, var kind) = seen.See(number);
            Assert.That(kind, Is.EqualTo(known.Add(number) ? NumberKind.New : NumberKind.Seen), $"{number}");
        }
    }
}
