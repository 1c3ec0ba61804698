using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>Proves that nothing was changed, removed or reordered in one stream's archive, as far as can be
/// proved.</summary>
/// <remarks>
/// The chain of records proves everything before its end, <c>head.json</c> its end, and Redis both again, with the
/// segment that grows. The host may run meanwhile: what it seals is looked at again.
/// </remarks>
/// <param name="folder">Where its files are.</param>
/// <param name="ask">Asks Redis what is archived; null where Redis is away.</param>
/// <param name="looked">Told of each segment that was looked at.</param>
internal sealed class ArchiveVerification(
    ArchiveFolder folder, Func<Task<ArchiveState?>>? ask, Action<EntryId> looked)
{
    /// <summary>A host seals a segment in milliseconds; it is not caught in the act so often.</summary>
    private const int LooksMax = 5;

    private readonly ChainExamination _chain = new(folder, looked);
    private readonly List<ArchiveFinding> _findings = [];
    private readonly List<string> _notes = [];
    private readonly List<string> _unproven = [];
    private long _openEntries;
    private EntryId _last;

    /// <summary>Wait between two looks. Default 50 ms.</summary>
    public TimeSpan Between { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Looks.</summary>
    /// <exception cref="IOException">The files cannot be looked at.</exception>
    /// <exception cref="BusUnavailableException">Redis went away meanwhile.</exception>
    public async Task<VerificationReport> RunAsync(CancellationToken cancellationToken)
    {
        for (var look = 1; ; look++)
        {
            var before = ask is null ? null : await ask();
            Look(before, cancellationToken);
            var after = ask is null ? null : await ask();
            var isMoving = before?.Head != after?.Head || before?.Open?.First != after?.Open?.First;
            var isGood = _findings.Count == 0 && _chain.Findings.Count == 0;
            if ((isGood && !isMoving) || ask is null || look == LooksMax) break;
            await Task.Delay(Between, TimeProvider.System, cancellationToken);
        }

        return new VerificationReport(
            folder.Stream, folder.SealedSegments().Count, _chain.Entries + _openEntries, _last,
            [.. _chain.Findings, .. _findings], [.. _chain.Notes, .. _notes], [.. _unproven]);
    }

    private void Look(ArchiveState? state, CancellationToken cancellationToken)
    {
        _findings.Clear();
        _notes.Clear();
        _unproven.Clear();
        _openEntries = 0;
        _chain.Walk(cancellationToken);
        _last = _chain.End.Last;
        LookAtHead();
        if (state is not null) LookAtRedis(state);
        else LookAtOpenAlone();
    }

    /// <summary>Every byte of it can be told from the files it names.</summary>
    private void LookAtHead()
    {
        if (_chain.End.Segments == 0 && !File.Exists(folder.HeadPath)) return;
        if (!File.Exists(folder.HeadPath))
        {
            Add("head.json", "it is gone; there are sealed segments.");
            return;
        }

        var found = File.ReadAllBytes(folder.HeadPath);
        var end = _chain.End;
        var isForgotten = Same(found, end with { Forgotten = true });
        if (!isForgotten && !Same(found, end))
        {
            Add(
                "head.json",
                $"it does not say that {ArchiveFolder.SealedName(end.Segment)} is the last of {end.Segments} " +
                "segments, as the files do: it was changed, or the newest segments are gone.");
        }

        if (isForgotten) _notes.Add($"Archiving of {folder.Stream} is switched off; the last entry is {end.Last}.");

        static bool Same(byte[] found, ChainHead head) => found.AsSpan().SequenceEqual(ArchiveJson.ToFile(head));
    }

    private void LookAtRedis(ArchiveState state)
    {
        var end = _chain.End;
        var isSealing = state.Open is { } growing && end.Segment == growing.First && end.Last == growing.Last
            && end.Segments == state.Head.Segments + 1;
        if (state.Head != end && !isSealing)
        {
            Add(
                ArchiveFolder.SealedName(state.Head.Segment),
                $"Redis says that {state.Head.Segments} segments up to {state.Head.Last} are sealed, there are " +
                $"{end.Segments} up to {end.Last}.");
        }

        if (state.Open is { } open) LookAtOpen(open, isSealing);
        foreach (var stray in folder.OpenSegments().Where(first => first != state.Open?.First))
            _notes.Add($"{Path.GetFileName(folder.Open(stray))} was never committed; the next start removes it.");
    }

    private void LookAtOpen(OpenSegment open, bool isSealing)
    {
        var path = isSealing ? folder.Sealed(open.First) : folder.Open(open.First);
        try
        {
            OpenFile.Verify(path, open);
        }
        catch (StreamDamagedException failure)
        {
            Add(Path.GetFileName(path), failure.Message);
        }
        catch (IOException failure)
        {
            Add(Path.GetFileName(folder.Open(open.First)), $"it is gone or cannot be read: {failure.Message}");
        }

        if (isSealing) return;
        (_openEntries, _last) = (open.Entries, open.Last);
    }

    /// <summary>Without Redis nobody knows how far the open segment is committed.</summary>
    private void LookAtOpenAlone()
    {
        foreach (var open in folder.OpenSegments())
        {
            var (entries, last, isWhole) = SegmentExamination.Count(folder.Open(open));
            (_openEntries, _last) = (_openEntries + entries, last);
            _unproven.Add(
                $"{Path.GetFileName(folder.Open(open))} holds {entries} entries that can be read" +
                $"{(isWhole ? "" : ", and something behind them that cannot")}; only Redis knows what was committed.");
        }

        _unproven.Add(
            $"Whether newest segments of {folder.Stream} were removed and head.json made to fit: only Redis knows.");
    }

    private void Add(string file, string wrong) => _findings.Add(new ArchiveFinding(file, wrong));
}
