using System.Collections.Immutable;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>Every section of appsettings.json and the options it fills; whatever is not here is refused.</summary>
internal static class Sections
{
    /// <summary>Name of the list of feeds used when the command line names none.</summary>
    public const string Feeds = "Feeds";

    /// <summary>Name of a section and the class it fills.</summary>
    public static ImmutableArray<(string Name, Type Options)> All { get; } =
    [
        (RedisOptions.Section, typeof(RedisOptions)),
        (DataOptions.Section, typeof(DataOptions)),
        (PipelineOptions.Section, typeof(PipelineOptions)),
    ];

    /// <summary>Names of the settable properties of an options class.</summary>
    public static IEnumerable<string> KeysOf(Type options) =>
        options.GetProperties().Where(property => property.CanWrite).Select(property => property.Name);
}
