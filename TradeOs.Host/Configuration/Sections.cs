using System.Collections.Immutable;
using TradeOs.Bus;
using TradeOs.Stages;

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
        (ArchiveOptions.Section, typeof(ArchiveOptions)),
        .. typeof(StageOptions).GetProperties().Select(section => (section.Name, section.PropertyType)),
    ];

    /// <summary>
    /// Keys an options class reads, parts joined by a colon: <c>Bars:Interval</c> for an object inside it.
    /// </summary>
    public static IEnumerable<string> KeysOf(Type options)
    {
        foreach (var property in options.GetProperties().Where(property => property.CanWrite))
        {
            if (!IsObject(property.PropertyType)) yield return property.Name;
            else foreach (var inner in KeysOf(property.PropertyType)) yield return $"{property.Name}:{inner}";
        }
    }

    /// <summary>Value under such a key.</summary>
    public static object? ValueOf(object options, string key) =>
        key.Split(':').Aggregate(
            (object?)options, (value, name) => value?.GetType().GetProperty(name)?.GetValue(value));

    private static bool IsObject(Type type) =>
        type is { IsClass: true, Namespace: { } name } && name.StartsWith("TradeOs", StringComparison.Ordinal);
}
