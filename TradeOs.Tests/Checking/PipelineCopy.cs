using System.Collections.Immutable;
using System.Text;
using TradeOs.Bus;
using TradeOs.Host;
using TradeOs.Stages;

namespace TradeOs.Tests.Checking;

/// <summary>Everything a server held, in memory: tests change it and check what became of it.</summary>
internal sealed class PipelineCopy
{
    private PipelineCopy(BusSnapshot snapshot, IReadOnlyDictionary<string, List<Entry>> streams) =>
        (Snapshot, Streams) = (snapshot, streams);

    public BusSnapshot Snapshot { get; set; }

    public IReadOnlyDictionary<string, List<Entry>> Streams { get; }

    public static async Task<PipelineCopy> TakeAsync(RedisOptions options)
    {
        using var control = await ControlConnection.ConnectAsync(options, CancellationToken.None);
        using var walk = new StreamWalk(options);
        var snapshot = await RedisSnapshot.TakeAsync(
            control, Topology.Streams, [.. Topology.Readers.Select(reader => reader.Name)]);
        var streams = new Dictionary<string, List<Entry>>();
        foreach (var (stream, facts) in snapshot.Streams)
        {
            var entries = streams[stream] = [];
            await foreach (var entry in walk.EntriesAsync(stream, facts.Report.LastId, CancellationToken.None))
                entries.Add(entry with { Fields = entry.Fields.Copy() });
        }

        return new PipelineCopy(snapshot, streams);
    }

    public PipelineCopy Clone() => new(Snapshot, Streams.ToDictionary(pair => pair.Key, pair => pair.Value.ToList()));

    public CheckReport Check(bool atRest = true)
    {
        using var check = new PipelineCheck(Snapshot, atRest);
        foreach (var stream in PipelineCheck.Order)
        {
            check.Begin(stream);
            foreach (var entry in Streams[stream]) check.Add(entry);
            check.End();
        }

        return check.Complete();
    }

    /// <summary>Changes the facts of a stream.</summary>
    public void Report(string stream, Func<StreamReport, StreamReport> change)
    {
        var facts = Snapshot.Streams[stream];
        Snapshot = Snapshot with
        {
            Streams = Snapshot.Streams.SetItem(stream, facts with { Report = change(facts.Report) }),
        };
    }

    /// <summary>Changes a checkpoint.</summary>
    public void Checkpoint(string reader, Func<Checkpoint, Checkpoint> change)
    {
        var known = Snapshot.Readers[reader];
        Snapshot = Snapshot with
        {
            Readers = Snapshot.Readers.SetItem(reader, known with { Checkpoint = change(known.Checkpoint!) }),
        };
    }

    /// <summary>Changes the group of a stage.</summary>
    public void Group(string stage, Func<GroupSnapshot, GroupSnapshot> change)
    {
        var input = Topology.Reader(stage).Input!;
        var facts = Snapshot.Streams[input];
        Snapshot = Snapshot with
        {
            Streams = Snapshot.Streams.SetItem(input, facts with { Groups = [change(facts.Groups.Single())] }),
        };
    }

    /// <summary>Trims the oldest entries, as a writer does.</summary>
    public void Trim(string stream, int count)
    {
        Streams[stream].RemoveRange(0, count);
        Report(stream, report => report with { Length = report.Length - count });
    }

    /// <summary>Removes an entry as XDEL does.</summary>
    public void Delete(string stream, int place)
    {
        var id = Streams[stream][place].Id;
        Streams[stream].RemoveAt(place);
        Report(stream, report => report with { Length = report.Length - 1, DeletedMax = id });
    }

    /// <summary>Removes an entry as if it had never been written.</summary>
    public void Lose(string stream, int place)
    {
        Streams[stream].RemoveAt(place);
        Report(stream, report => report with { Length = report.Length - 1, Added = report.Added - 1 });
    }

    /// <summary>Writes an entry a second time, behind itself.</summary>
    public void Repeat(string stream, int place)
    {
        var entry = Streams[stream][place];
        Streams[stream].Insert(place + 1, entry with { Id = Next(entry.Id) });
        Report(stream, report => report with
        {
            Length = report.Length + 1, Added = report.Added + 1, LastId = Streams[stream][^1].Id,
        });
    }

    /// <summary>Appends an entry.</summary>
    public void Append(string stream, string fields)
    {
        var id = Next(Snapshot.Streams[stream].Report.LastId);
        var words = fields.Split(' ').Select(Encoding.UTF8.GetBytes).ToArray();
        var builder = new FieldsBuilder();
        for (var index = 0; index < words.Length; index += 2) builder.Add(words[index], words[index + 1]);
        Streams[stream].Add(new Entry(id, builder.Build()));
        Report(stream, report => report with
        {
            Length = report.Length + 1, Added = report.Added + 1, LastId = id,
        });
    }

    /// <summary>Gives one entry the fields of another, and that one its.</summary>
    public void Swap(string stream, int place, int other)
    {
        var entries = Streams[stream];
        var (fields, others) = (entries[place].Fields, entries[other].Fields);
        entries[place] = entries[place] with { Fields = others };
        entries[other] = entries[other] with { Fields = fields };
    }

    /// <summary>Changes fields of an entry.</summary>
    public void Change(string stream, int place, params (string Name, string Value)[] changes)
    {
        var builder = new FieldsBuilder();
        foreach (var field in Streams[stream][place].Fields)
        {
            var name = Encoding.UTF8.GetString(field.Name);
            var change = changes.FirstOrDefault(change => change.Name == name);
            builder.Add(field.Name, change.Name is null ? field.Value : Encoding.UTF8.GetBytes(change.Value));
        }

        Streams[stream][place] = Streams[stream][place] with { Fields = builder.Build() };
    }

    /// <summary>Place of the first entry with these values.</summary>
    public int Place(string stream, params (string Name, string Value)[] values) => Streams[stream].FindIndex(
        entry => values.All(value => Stages.TestText.Of(entry, value.Name) == value.Value));

    /// <summary>Gives an entry other fields.</summary>
    public void Rewrite(
        string stream, int place,
        Func<IReadOnlyList<(string Name, string Value)>, IEnumerable<(string, string)>> change)
    {
        var fields = new List<(string, string)>();
        foreach (var field in Streams[stream][place].Fields)
            fields.Add((Encoding.UTF8.GetString(field.Name), Encoding.UTF8.GetString(field.Value)));
        var builder = new FieldsBuilder();
        foreach (var (name, value) in change(fields))
            builder.Add(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));
        Streams[stream][place] = Streams[stream][place] with { Fields = builder.Build() };
    }

    /// <summary>Gives a field of an entry another name.</summary>
    public void Rename(string stream, int place, string field)
    {
        var builder = new FieldsBuilder();
        foreach (var found in Streams[stream][place].Fields)
        {
            var isIt = Encoding.UTF8.GetString(found.Name) == field;
            builder.Add(isIt ? Encoding.UTF8.GetBytes("x" + field) : found.Name, found.Value);
        }

        Streams[stream][place] = Streams[stream][place] with { Fields = builder.Build() };
    }

    private static EntryId Next(EntryId id) => id with { Sequence = id.Sequence + 1 };
}
