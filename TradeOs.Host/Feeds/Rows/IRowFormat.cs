namespace TradeOs.Host;

/// <summary>Reads rows of one format: each is accepted or refused, none is an error.</summary>
internal interface IRowFormat
{
    /// <summary>What stands between fields.</summary>
    char Separator { get; }

    /// <summary>
    /// What was found out about the file that decides how its rows are read; kept with the source's position.
    /// </summary>
    string Layout { get; }

    /// <summary>Whether the file is written newest first.</summary>
    bool IsReversed { get; }

    /// <summary>One row as this format expects it, for messages.</summary>
    string Expected { get; }

    /// <summary>Looks at the first row; true when it is a header, false when it is the first of the rows.</summary>
    /// <exception cref="FeedFileException">It is a header of something else.</exception>
    bool TakesAsHeader(RowLines first);

    /// <summary>Reads a row.</summary>
    FeedRow Read(RowLines row);
}
