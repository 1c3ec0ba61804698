using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Chaos;

/// <summary>What the harness reads in a commit is what the host wrote there.</summary>
[TestFixture]
public sealed class WireCommitTests
{
    private static readonly Dictionary<string, StreamLimit> Limits = new()
    {
        ["one"] = new StreamLimit(100, ["second"]),
        ["out"] = new StreamLimit(100, []),
        ["side"] = new StreamLimit(9, []),
    };

    [Test]
    public void Commit_OfAChainWithStates_IsReadAsItWasWritten()
    {
        var first = Batch(outputs: ["one", "side", "one"], set: ["a", "b"], removed: ["c"], new EntryId(5, 1));
        var second = Batch(outputs: ["out"], set: ["d", "e", "f"], removed: [], new EntryId(6, 0));
        var writer = new RespWriter();

        RedisCommitCommand.Write(
            writer,
            [
                Command(new("first", "in", ReadMode.Group, ["one", "side"], 1), first, [new EntryId(5, 1)]),
                Command(new("second", "one", ReadMode.Offset, ["out"], 1), second, []),
            ]);
        var commits = WireCommit.Of(writer.Written);

        Assert.That(
            commits.Select(commit => (commit.Reader, commit.Owner, commit.Id, commit.Position, commit.Inputs)),
            Is.EqualTo([("first", "owner", "1@7", "5-1", 1L), ("second", "owner", "1@7", "6-0", 1L)]));
        Assert.That(commits[0].Outputs.Select(output => output.Stream), Is.EqualTo(["one", "side", "one"]));
        Assert.That(
            commits[1].Outputs,
            Is.EqualTo([("out", WireCommit.DigestOf(new Entry(EntryId.Zero, second.FieldsOf(0))))]));
    }

    private static RedisCommitCommand Command(ReaderDefinition reader, Batch batch, List<EntryId> acknowledge)
    {
        var known = new KnownCheckpoint(reader.Name, Checkpoint.Start, "", new Dictionary<string, string>());
        var command = new RedisCommitCommand(reader, Limits, epoch: 7, "owner", "", known);
        command.Prepare(batch, acknowledge, "5-1 1");
        return command;
    }

    private static Batch Batch(string[] outputs, string[] set, string[] removed, EntryId id)
    {
        var batch = new Batch { CommitNumber = 1 };
        foreach (var stream in outputs) batch.Append(stream).Add("text"u8, stream);
        foreach (var key in set) batch.SetState(key, $"what {key} remembers");
        foreach (var key in removed) batch.RemoveState(key);
        batch.Complete(id);
        return batch;
    }
}
