using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>Finds keys nobody reads, so that a typing error is an answer and not a silent default.</summary>
internal static class ConfigurationKeys
{
    /// <summary>A sentence for each key that is not known: where it stands, what it is, what was expected.</summary>
    public static IEnumerable<string> Problems(IConfigurationRoot configuration)
    {
        foreach (var (key, value) in configuration.AsEnumerable().OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (value is null || Problem(key) is not { } problem) continue;
            yield return $"{SourceOf(configuration, key)}: {problem}";
        }
    }

    /// <summary>
    /// Where the value of a key comes from: the file, the environment, the command line, or <c>default</c>.
    /// </summary>
    public static string SourceOf(IConfigurationRoot configuration, string key)
    {
        foreach (var provider in configuration.Providers.Reverse())
            if (provider.TryGet(key, out _) || provider.GetChildKeys([], key).Any()) return NameOf(provider);
        return "default";
    }

    private static string NameOf(IConfigurationProvider provider) => provider switch
    {
        JsonConfigurationProvider json => json.Source.Path ?? "appsettings.json",
        EnvironmentVariablesConfigurationProvider => "environment",
        _ => provider.ToString() ?? "configuration",
    };

    private static string? Problem(string key)
    {
        var parts = key.Split(':');
        if (Is(parts[0], Sections.Feeds)) return null;
        if (Is(parts[0], StreamOptions.Section)) return StreamProblem(key, parts);
        foreach (var (section, options) in Sections.All.OrderByDescending(section => section.Name.Length))
        {
            if (!key.StartsWith(section + ":", StringComparison.OrdinalIgnoreCase)) continue;
            var name = key[(section.Length + 1)..];
            if (Sections.KeysOf(options).Any(known => Is(known, name) || IsInside(name, known))) return null;
            return $"unknown key '{key}'; {section} has {string.Join(", ", Sections.KeysOf(options))}.";
        }

        var sections = Sections.All.Select(section => section.Name)
            .Append(StreamOptions.Section).Append(Sections.Feeds).Order(StringComparer.Ordinal);
        return $"unknown key '{key}'; the sections are {string.Join(", ", sections)}.";
    }

    private static string? StreamProblem(string key, string[] parts)
    {
        if (parts.Length < 2 || !Topology.Streams.Contains(parts[1]))
        {
            var found = parts.Length < 2 ? key : parts[1];
            var streams = string.Join(", ", Topology.Streams);
            return $"unknown stream '{found}' in {StreamOptions.Section}; the streams are {streams}.";
        }

        var known = Sections.KeysOf(typeof(StreamOptions)).ToList();
        return parts.Length == 3 && known.Exists(name => Is(parts[2], name))
            ? null
            : $"unknown key '{key}'; a stream has {string.Join(", ", known)}.";
    }

    /// <summary>Whether a key is an element of a list or map that is an option.</summary>
    private static bool IsInside(string key, string option) =>
        key.StartsWith(option + ":", StringComparison.OrdinalIgnoreCase);

    private static bool Is(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);
}
