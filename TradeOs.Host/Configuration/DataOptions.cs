using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TradeOs.Host;

/// <summary>Where the host keeps its files.</summary>
public sealed class DataOptions
{
    /// <summary>Name of the section in appsettings.json.</summary>
    public const string Section = "Data";

    /// <summary>
    /// Directory of the installation's id and of a managed server's files; made when missing. Relative to the current
    /// directory. Default <c>data</c>.
    /// </summary>
    [Required]
    public string Directory { get; set; } = "data";
}

/// <summary>Checks <see cref="DataOptions"/>.</summary>
[OptionsValidator]
public sealed partial class DataOptionsValidator : IValidateOptions<DataOptions>;
