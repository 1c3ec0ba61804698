using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Bus;

/// <summary>What a keyed state adds up to, whether it is looked at whole or change by change.</summary>
[TestFixture]
public sealed class StateDigestTests
{
    [Test]
    public void TextAfter_AnyNumberOfChanges_IsThatOfTheWholeState([Range(0, 11)] int changed)
    {
        var random = new Random(changed);
        var state = Enumerable.Range(0, 10).ToDictionary(key => $"key-{key}", _ => Text(random));
        var digest = new StateDigest(state);
        var changes = new Dictionary<string, string?>();
        for (var change = 0; change < changed; change++)
            changes[$"key-{random.Next(14)}"] = random.Next(3) == 0 ? null : Text(random);
        foreach (var (key, value) in changes)
        {
            if (value is null) state.Remove(key);
            else state[key] = value;
        }

        var after = digest.TextAfter(changes);
        digest.Apply(changes);

        var whole = new StateDigest(state);
        Assert.That((after, digest.Text), Is.EqualTo((whole.Text, whole.Text)));
        Assert.That(digest.Count, Is.EqualTo(state.Count));
    }

    /// <summary>Checkpoints of earlier versions keep it: FNV-1a of key, U+FFFF and value, mixed as MurmurHash3 ends,
    /// added up.</summary>
    [Test]
    public void Text_OfAState_IsAsItEverWas() => Assert.That(
        new StateDigest(new Dictionary<string, string> { ["a"] = "1", ["SIM001"] = "{\"close\":1.5}" }).Text,
        Is.EqualTo("7166eb1399438c72"));

    private static string Text(Random random) =>
        new([.. Enumerable.Range(0, random.Next(40)).Select(_ => (char)random.Next('!', '~'))]);
}
