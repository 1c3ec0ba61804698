using System.Collections.Immutable;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>Proves from the entries of the streams that nothing was lost and nothing done twice; reads nothing itself.
/// </summary>
/// <remarks>
/// Streams are shown in <see cref="Order"/>, each from its oldest entry to its last at the moment of the snapshot:
/// <see cref="Begin"/>, <see cref="Add"/> for each entry, <see cref="End"/>. Kept are ids and fingerprints of what is
/// held, not entries; only fills and outcomes are kept as numbers, to compute profit and loss again.
/// </remarks>
public sealed class PipelineCheck : IDisposable
{
    private readonly BusSnapshot _snapshot;
    private readonly bool _atRest;
    private readonly CheckNotes _notes = new();
    private readonly TraceBook _traces = new();
    private readonly LetterBook _letters;
    private readonly Refusals _refusals;
    private readonly MoneyCheck _money;
    private readonly MetricsCheck _metrics;
    private readonly Dictionary<string, StageCheck> _stages = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NumberCheck> _numbers;
    private readonly Dictionary<string, StreamContent> _streams = new(StringComparer.Ordinal);
    private readonly ControlBook _controls;
    private readonly List<StageLine> _lines = [];
    private readonly Dictionary<string, decimal> _plans = new(StringComparer.Ordinal);
    private StreamPass? _open;

    /// <summary>A check against what the server held at one moment.</summary>
    /// <param name="snapshot">Streams of <see cref="Order"/> and readers of the topology.</param>
    /// <param name="atRest">Whether everything must be through.</param>
    public PipelineCheck(BusSnapshot snapshot, bool atRest)
    {
        (_snapshot, _atRest) = (snapshot, atRest);
        (_letters, _refusals, _controls) = (new LetterBook(_notes), new Refusals(_notes), new ControlBook(_notes));
        (_money, _metrics) = (new MoneyCheck(_notes), new MetricsCheck(_notes));
        _numbers = new Dictionary<string, NumberCheck>
        {
            [StreamNames.TradeIntents] = new("intent_id", _notes),
            [StreamNames.TradeApproved] = new("order_id", _notes),
        };
        CheckReaders();
    }

    /// <summary>Order in which the streams are shown: what says what was refused and buried first.</summary>
    public static ImmutableArray<string> Order { get; } = [.. Topology.SideStreams.Reverse(), .. Topology.Path];

    private StreamPass Pass => _open ?? throw new InvalidOperationException("No stream was begun.");

    /// <summary>Begins a stream.</summary>
    public void Begin(string stream)
    {
        var facts = _snapshot.Streams[stream];
        if (facts.Type != "stream" && _stages.Count > 0)
        {
            _notes.Found(
                CheckCodes.StreamMissing, stream, facts.Type == "none" ? "nothing" : $"a {facts.Type}", "a stream",
                "Run tradeos doctor, then restore the data of this server.");
        }

        _open = new StreamPass(
            stream, facts.Report, StageOf(its => its.Outputs[0] == stream), StageOf(its => its.Input == stream));
    }

    /// <summary>Takes the next entry of the stream.</summary>
    public void Add(Entry entry)
    {
        var pass = Pass;
        if (entry.Id <= pass.Last)
        {
            _notes.Found(
                CheckCodes.IdOrder, $"{pass.Stream}/{entry.Id}", $"an id behind {pass.Last}", "a larger id",
                CheckNotes.Look(pass.Stream, entry.Id));
        }

        if (pass.Count == 0) Start();
        pass.Add(entry);
        if (pass.Stream == StreamNames.DeadLetters) _letters.Add(entry);
        else if (Topology.SideStreams.Contains(pass.Stream)) AddSide(new EntryView(entry));
        else AddOfPath(entry);
    }

    /// <summary>Ends the stream; all its entries up to the snapshot were added.</summary>
    public void End()
    {
        var pass = Pass;
        _streams[pass.Stream] = pass.Complete(OutsideOf(pass));
        if (_streams[pass.Stream].Sha256 is null)
            _notes.NotProven(pass.Stream, "its digest: an entry is too large to be read whole.");
        var overtaken = pass.Report.Length - pass.Count;
        if (overtaken > 0)
            _notes.NotProven(pass.Stream, $"{overtaken} entries that were trimmed or deleted while it was read.");
        CheckDeleted(pass);
        if (pass.Reader is { } reader) (reader.InputsGone, reader.InputsGoneBefore) = (pass.Gone, pass.GoneBefore);

        // Chains begin in market data and at the open door; what was trimmed while it was read began some, too.
        if (pass.Gone > 0 && pass.Stream is StreamNames.MarketData or StreamNames.SignalsRaw)
            _traces.GoneBefore(pass.Count == 0 ? new EntryId(ulong.MaxValue, ulong.MaxValue) : pass.First);
        if (pass.Stream == StreamNames.DeadLetters) _letters.IsTrimmed = pass.Gone > 0;
        if (pass.Stream == StreamNames.Rejected) _refusals.IsTrimmed = pass.Gone > 0;
        if (pass.Stream == StreamNames.ControlLog) _controls.IsTrimmed = pass.Gone > 0;
        if (_numbers.TryGetValue(pass.Stream, out var numbers)) numbers.Complete(NumberedGone(pass));
        if (pass.Writer is { } writer) Account(writer, pass);
        if (pass.Stream == StreamNames.MarketData)
        {
            var feed = _snapshot.Readers[Topology.Feed.Name].Checkpoint ?? Checkpoint.Start;
            var outside = new FeedCheck(feed, _letters, _notes).OutsideOf(pass.Report.Added);
            _streams[pass.Stream] = _streams[pass.Stream] with { Outside = outside };
        }

        Dispose();
    }

    /// <summary>What was found; every stream was shown.</summary>
    public CheckReport Complete()
    {
        foreach (var (stream, id, resolution) in _letters.Requeued) CheckRequeued(stream, id, resolution);
        _controls.Complete(_stages);
        foreach (var stage in _stages.Values)
            new GroupCheck(stage, _snapshot.Streams[stage.Reader.Input!], _notes).Check(_atRest);
        if (_atRest) foreach (var line in _lines.Where(line => line.Waiting > 0)) NoteWaiting(line);
        return new CheckReport(
            _notes.Findings, _notes.Counts, [.. _lines],
            [.. Topology.Streams.Select(stream => _streams[stream])], _notes.Unproven);
    }

    /// <inheritdoc/>
    public void Dispose() => _open?.Dispose();

    private void CheckReaders()
    {
        foreach (var definition in Topology.Readers)
        {
            var reader = _snapshot.Readers[definition.Name];
            if (reader.Checkpoint is null && (reader.WasOpened || reader.Fault is not null))
            {
                _notes.Found(
                    CheckCodes.Checkpoint, RedisKeys.Checkpoint(definition.Name), reader.Fault ?? "nothing",
                    $"the checkpoint of {definition.Name}, which was opened before",
                    "Run tradeos doctor, then restore the data of this server.");
            }

            if (definition.Input is not null)
            {
                _stages[definition.Name] =
                    new StageCheck(definition, reader.Checkpoint ?? Checkpoint.Start, _notes, _traces);
            }
        }
    }

    private StageCheck? StageOf(Func<ReaderDefinition, bool> isIt) =>
        Topology.Stages.FirstOrDefault(isIt) is { } stage ? _stages[stage.Name] : null;

    private void Start()
    {
        if (Pass.GoneBefore <= 0) return;
        if (Pass.Stream == StreamNames.DeadLetters) _letters.IsTrimmed = true;
        if (Pass.Reader is { } reader) reader.InputsGone = Pass.GoneBefore;
    }

    private void AddSide(EntryView entry)
    {
        if (Pass.Stream == StreamNames.Rejected) _refusals.Add(entry);
        else _controls.Add(entry);
    }

    private void AddOfPath(Entry entry)
    {
        var (pass, view) = (Pass, new EntryView(entry));
        var isOurs = pass.Writer is not null && !_letters.IsRequeued(pass.Stream, entry.Id) && view.Cause is not null;
        if (isOurs) AddOurs(view);
        else if (pass.Writer is not null) AddOutside(view);
        if (pass.Stream == StreamNames.MarketData) _traces.AddMarket(entry.Id);
        if (pass.Reader is not { } reader) return;
        var form = StreamForm.Of(pass.Stream, view);
        var mark = (view.IsCut || form?.FaultOfAny(view) is not null ? HeldEntries.Malformed : 0)
            | (view["side"] == "buy" ? HeldEntries.Buy : 0) | (form is null ? HeldEntries.Malformed : 0);
        var limit = pass.Stream == StreamNames.TradeApproved
            ? view.NumberOf(view["side"] == "buy" ? "ask" : "bid") ?? 0
            : (decimal?)null;
        reader.Inputs.Add(view, pass.Stream == StreamNames.MarketData ? entry.Id : view.Trace, (byte)mark, limit);
        _letters.Compare(pass.Stream, entry);
        if (pass.Stream == StreamNames.Fills) _money.AddFill(view);
        if (pass.Stream == StreamNames.Outcomes) _metrics.AddOutcome(view);
    }

    private void AddOurs(EntryView view)
    {
        var pass = Pass;
        pass.Writer!.AddOutput(view, view.Cause!.Value);
        if (_numbers.TryGetValue(pass.Stream, out var numbers))
            numbers.Add(view, $"{pass.Stream}/{view.Id}");
        if (pass.Stream == StreamNames.TradeIntents) PlanRules.Check(view, _plans, _notes);
        if (pass.Stream == StreamNames.Outcomes) _money.AddOutcome(view);
        if (pass.Stream == StreamNames.Metrics) _metrics.AddSnapshot(view);
    }

    private void AddOutside(EntryView view)
    {
        var pass = Pass;
        pass.Outside++;
        _traces.AddOutside(view.Id, view.Trace);
        if (pass.Stream == StreamNames.SignalsRaw || _letters.IsRequeued(pass.Stream, view.Id)) return;
        var where = $"{pass.Stream}/{view.Id}";
        if (_letters.IsTrimmed && view.Id <= _letters.First)
        {
            _notes.NotProven(where, "whether an operator requeued it: older resolutions were trimmed.");
            return;
        }

        _notes.Found(
            CheckCodes.OutsideEntry, where, "an entry without a cause that no operator requeued",
            $"entries of {pass.Writer!.Reader.Name} only",
            $"Another program appended it; only {StreamNames.MarketData} and {StreamNames.SignalsRaw} are open. " +
            CheckNotes.Look(pass.Stream, view.Id));
    }

    /// <summary>Numbers given to entries that are gone; null when that is not known.</summary>
    private long? NumberedGone(StreamPass pass)
    {
        if (pass.Gone == 0) return 0;
        return _letters.IsTrimmed ? null : pass.Gone - _letters.RequeuedBefore(pass.Stream, pass.First);
    }

    private void Account(StageCheck writer, StreamPass pass)
    {
        var name = writer.Reader.Name;
        IReadOnlyList<(EntryId, EntryId)> letters = _letters.ByStage.TryGetValue(name, out var found) ? found : [];
        writer.AddOthers(_refusals.Of(name), letters);
        long? requeued = pass.Gone == 0 ? 0
            : _letters.IsTrimmed || pass.Stream == StreamNames.SignalsRaw ? null
            : _letters.RequeuedBefore(pass.Stream, pass.First);
        var writings = new StageWritings(
            pass.Gone, requeued, _refusals.Of(name), _refusals.IsTrimmed, letters, _letters.IsTrimmed,
            _controls.Of(name));
        var input = _snapshot.Streams[writer.Reader.Input!].Report.Added;
        _lines.Add(new StageAccount(writer, writings, input, _notes).Complete());
        if (pass.Stream == StreamNames.Outcomes)
            _money.Complete(writer.Inputs, writer.Checkpoint.Position, writer.InputsGone, pass.Gone);
        if (pass.Stream == StreamNames.Metrics)
            _metrics.Complete(writer.InputsGone, pass.Gone);
    }

    private void CheckDeleted(StreamPass pass)
    {
        var deleted = pass.Report.DeletedMax;
        if (deleted == EntryId.Zero) return;
        _notes.NotProven(pass.Stream, $"what was deleted one by one, up to {deleted}.");
        if (_letters.IsAbout(pass.Stream, deleted)) return;
        _notes.Found(
            CheckCodes.Deleted, pass.Stream, $"entries deleted up to {deleted}",
            "entries to be trimmed by their writer only", "XDEL is for what a dead letter is about, nothing else.");
    }

    private void CheckRequeued(string stream, EntryId id, EntryId resolution)
    {
        if (_streams.TryGetValue(stream, out var found) && _stages.Values
            .FirstOrDefault(stage => stage.Reader.Input == stream) is { } reader)
        {
            if (reader.Inputs.Find(id) >= 0) return;
            if (found.Added > found.Entries && (reader.Inputs.Count == 0 || id < reader.Inputs.First)) return;
        }

        _notes.Found(
            CheckCodes.Resolution, $"{StreamNames.DeadLetters}/{resolution}", $"entry {id} of {stream}",
            "the id of an entry that is there", CheckNotes.Look(StreamNames.DeadLetters, resolution));
    }

    private long OutsideOf(StreamPass pass) => pass.Stream switch
    {
        StreamNames.DeadLetters => _letters.Outside,
        StreamNames.Rejected => _refusals.Outside,
        _ => pass.Outside,
    };

    private void NoteWaiting(StageLine line) => _notes.Found(
        CheckCodes.Waiting, line.Input, $"{line.Waiting} entries {line.Stage} has not processed", "none at rest",
        "Let the pipeline run until idle: tradeos run --feed none --until-idle.");
}
