using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>What <c>dead.letters</c> says: which entries are buried, which an operator appended again.</summary>
internal sealed class LetterBook(CheckNotes notes)
{
    private readonly Dictionary<EntryId, (string Stream, bool IsResolved)> _letters = [];
    private readonly Dictionary<(string Stream, EntryId Id), List<DeadLetter>> _subjects = [];
    private readonly Dictionary<(string Stream, EntryId Id), EntryId> _requeued = [];
    private readonly Dictionary<string, long> _byStage = new(StringComparer.Ordinal);

    /// <summary>Letters about inputs of a stage, in the order written: place of the letter, place of the
    /// entry.</summary>
    public Dictionary<string, List<(EntryId Letter, EntryId Subject)>> ByStage { get; } = new(StringComparer.Ordinal);

    /// <summary>Oldest entry held.</summary>
    public EntryId First { get; private set; }

    /// <summary>Whether older ones are gone.</summary>
    public bool IsTrimmed { get; set; }

    /// <summary>Entries that neither a stage nor an operator wrote.</summary>
    public long Outside { get; private set; }

    /// <summary>Letters of a stage or the feed.</summary>
    public long CountOf(string stage) => _byStage.GetValueOrDefault(stage);

    /// <summary>Whether an operator appended that entry.</summary>
    public bool IsRequeued(string stream, EntryId id) => _requeued.ContainsKey((stream, id));

    /// <summary>Whether a resolution that appended that entry can have been trimmed.</summary>
    public bool MayHaveForgotten(EntryId id) => IsTrimmed && (First == EntryId.Zero || id <= First);

    /// <summary>Whether a letter is about that entry.</summary>
    public bool IsAbout(string stream, EntryId id) => _subjects.ContainsKey((stream, id));

    /// <summary>Entries an operator appended to a stream, before <paramref name="before"/>.</summary>
    public int RequeuedBefore(string stream, EntryId before) =>
        _requeued.Keys.Count(key => key.Stream == stream && key.Id < before);

    /// <summary>Entries an operator appended that the streams should hold.</summary>
    public IEnumerable<(string Stream, EntryId Id, EntryId Resolution)> Requeued =>
        _requeued.Select(pair => (pair.Key.Stream, pair.Key.Id, pair.Value));

    /// <summary>Takes the next entry.</summary>
    public void Add(Entry entry)
    {
        if (First == EntryId.Zero) First = entry.Id;
        if (Resolution.Is(entry.Fields)) AddResolution(entry);
        else if (DeadLetter.Read(entry.Fields) is { } letter) AddLetter(entry.Id, letter);
        else
        {
            Outside++;
            notes.Found(
                CheckCodes.Letter, Where(entry.Id), "an entry that is no whole dead letter",
                "stage stream id error length sha256 raw, the last three belonging together, or a resolution",
                CheckNotes.Look(StreamNames.DeadLetters, entry.Id));
        }
    }

    /// <summary>Holds the letters about an entry against the entry itself.</summary>
    public void Compare(string stream, Entry entry)
    {
        if (!_subjects.TryGetValue((stream, entry.Id), out var letters)) return;
        foreach (var letter in letters)
        {
            // Of what was too large to be read whole only the length is known, and that within the cut.
            if (letter.Raw.Sha256.Length == 0 || entry.CutBytes > 0 || letter.Raw.IsOf(entry.Fields)) continue;
            notes.Found(
                CheckCodes.Letter, $"{StreamNames.DeadLetters} about {stream}/{entry.Id}",
                $"{letter.Raw.Length} bytes with sha256 {letter.Raw.Sha256}", "the bytes of that entry",
                CheckNotes.Look(stream, entry.Id));
        }
    }

    private void AddLetter(EntryId id, DeadLetter letter)
    {
        _letters[id] = (letter.Stream, false);
        var reader = Topology.Stages.FirstOrDefault(stage => stage.Name == letter.Stage);
        var subject = EntryView.IdOf(letter.Id);
        if (!letter.IsOfFeed && (reader is null || reader.Input != letter.Stream || subject is null))
        {
            Outside++;
            notes.Found(
                CheckCodes.Letter, Where(id),
                $"stage \"{letter.Stage}\", stream \"{letter.Stream}\", id \"{letter.Id}\"",
                "a stage, the stream it reads and the id of an entry", CheckNotes.Look(StreamNames.DeadLetters, id));
            return;
        }

        _byStage[letter.Stage] = CountOf(letter.Stage) + 1;
        if (letter.IsOfFeed || subject is not { } about) return;
        if (!ByStage.TryGetValue(letter.Stage, out var list)) ByStage[letter.Stage] = list = [];
        list.Add((id, about));
        if (!_subjects.TryGetValue((letter.Stream, about), out var letters))
            _subjects[(letter.Stream, about)] = letters = [];
        // The bytes kept are not needed, their digest is.
        letters.Add(letter with { Raw = letter.Raw with { Kept = default } });
    }

    private void AddResolution(Entry entry)
    {
        var where = Where(entry.Id);
        var look = CheckNotes.Look(StreamNames.DeadLetters, entry.Id);
        var text = entry.Fields.TryGet("entry"u8, out var named) ? EntryText.Show(named) : null;
        if (Resolution.Read(entry.Fields) is not { } resolution || (resolution.Entry?.ToString() ?? "") != text
            || resolution.IsRequeue != resolution.Entry.HasValue)
        {
            notes.Found(
                CheckCodes.Resolution, where, entry.Fields.ToString(),
                "resolves, and requeued with the id of an entry, or dropped without", look);
            return;
        }

        if (_letters.TryGetValue(resolution.Letter, out var letter)) Resolve(where, look, resolution, letter);
        else if (!IsTrimmed || resolution.Letter >= First)
        {
            notes.Found(
                CheckCodes.Resolution, where, $"the resolution of {resolution.Letter}, which is no letter",
                "the id of a letter before it", look);
        }
        else
        {
            notes.NotProven(where, $"whether it is the only resolution of {resolution.Letter}, which was trimmed.");
        }

        if (resolution.Entry is { } requeued) _requeued[(resolution.Stream, requeued)] = entry.Id;
    }

    private void Resolve(string where, string look, Resolution resolution, (string Stream, bool IsResolved) letter)
    {
        if (letter.IsResolved)
        {
            notes.Found(
                CheckCodes.Resolution, where, $"a second resolution of {resolution.Letter}", "one a letter", look);
        }

        if (letter.Stream != resolution.Stream)
        {
            notes.Found(
                CheckCodes.Resolution, where, $"stream \"{resolution.Stream}\"",
                $"\"{letter.Stream}\", as in the letter {resolution.Letter}", look);
        }

        _letters[resolution.Letter] = letter with { IsResolved = true };
    }

    private static string Where(EntryId id) => $"{StreamNames.DeadLetters}/{id}";
}
