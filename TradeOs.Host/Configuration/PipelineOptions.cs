using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TradeOs.Host;

/// <summary>How the loops work.</summary>
public sealed class PipelineOptions
{
    /// <summary>Name of the section in appsettings.json.</summary>
    public const string Section = "Pipeline";

    /// <summary>Entries read, and about as many written, in one commit. Default 128, from 1 to 1,000.</summary>
    /// <remarks>More is faster and holds Redis longer: a commit of 256 takes it about a millisecond.</remarks>
    [Range(1, 1_000)]
    public int BatchCountMax { get; set; } = 128;

    /// <summary>
    /// How long one read waits for an entry, and so the longest an idle stage takes to stop. Default 500 ms.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:01")]
    public TimeSpan ReadWait { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Whether stages that follow one another commit what they made of a batch together. Default true.
    /// </summary>
    /// <remarks>What is in the streams is the same; one wait for the disk takes the place of several.</remarks>
    public bool ChainCommits { get; set; } = true;
}

/// <summary>Checks <see cref="PipelineOptions"/>.</summary>
[OptionsValidator]
public sealed partial class PipelineOptionsValidator : IValidateOptions<PipelineOptions>;
