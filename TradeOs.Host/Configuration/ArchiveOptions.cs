using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TradeOs.Host;

/// <summary>How the archive is written; which streams are archived is <c>Streams:NAME:Archive</c>.</summary>
public sealed class ArchiveOptions
{
    /// <summary>Name of the section in appsettings.json.</summary>
    public const string Section = "Archive";

    /// <summary>Bytes from which a segment is sealed and the next one begins; another day (UTC) begins one, too.
    /// Default 64 MB, from 64 KB to 1 GB.</summary>
    [Range(64 * 1024, 1024 * 1024 * 1024)]
    public int SegmentBytesMax { get; set; } = 64 * 1024 * 1024;

    /// <summary>Longest an entry waits for others before they are brought to disk together; a stream at rest for a
    /// tenth of it waits no longer. Default 1 s, from 10 ms to 5 s.</summary>
    /// <remarks>Shorter costs a disk flush more often; nothing is lost either way: what is not archived stays in the
    /// stream.</remarks>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:05")]
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromSeconds(1);
}

/// <summary>Checks <see cref="ArchiveOptions"/>.</summary>
[OptionsValidator]
public sealed partial class ArchiveOptionsValidator : IValidateOptions<ArchiveOptions>;
