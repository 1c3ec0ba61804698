namespace TradeOs.Host;

/// <summary>One opening of the feed: where each of its files stands, and that none is fed twice.</summary>
/// <param name="ledger">What the feed's state says.</param>
/// <param name="files">
/// Files digested before in this process: one is read up to the bytes it had then, and digested once.
/// </param>
internal sealed class SourceOpening(SourceLedger ledger, Dictionary<FeedSpec, KnownFile> files)
{
    private readonly HashSet<int> _claimed = [];

    /// <summary>What the feed's state says.</summary>
    public SourceLedger Ledger { get; } = ledger;

    /// <summary>Makes a source the business of the caller alone; false when it is another's already.</summary>
    public bool Claim(int number) => _claimed.Add(number);

    /// <summary>Finds where a file stands.</summary>
    /// <exception cref="FeedFileException">It is not what it was, or not a file of rows.</exception>
    public async Task<FoundFile> FindAsync(FeedSpec spec, CancellationToken cancellationToken)
    {
        if (!files.TryGetValue(spec, out var known))
        {
            var file = FeedFile.Open(spec.Path);
            files[spec] = known = new KnownFile(file, await file.DigestAsync(file.Bytes, cancellationToken));
        }

        var (number, record) = await Ledger.FindAsync(spec, known.File, known.Digest, cancellationToken);
        return new FoundFile(number, record, known.File);
    }
}

/// <summary>A file and its digest, as of the first look at it in this process.</summary>
internal sealed record KnownFile(FeedFile File, string Digest);

/// <summary>A file, its number among the sources and what was fed of it.</summary>
internal sealed record FoundFile(int Number, SourceRecord Record, FeedFile File);
