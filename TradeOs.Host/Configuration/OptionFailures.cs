using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>Turns what the options library says of a wrong value into a sentence an operator can act on.</summary>
internal sealed partial class OptionFailures(IConfigurationRoot configuration)
{
    /// <summary>A failed rule: which key, where it was set, what was found, what was expected.</summary>
    /// <param name="failure">The library's sentence, which names the class and property.</param>
    /// <param name="section">Section of the class; empty for the class that holds all sections of the stages.</param>
    public string Sentence(string failure, string section)
    {
        var match = Property().Match(failure);
        if (!match.Success) return failure;
        var path = match.Groups["path"].Value.Replace('.', ':');
        var key = section.Length > 0 ? $"{section}:{path}" : path;
        var rule = match.Groups["rule"].Value;
        var found = configuration[key] ?? "";
        if (key == $"{RedisOptions.Section}:{nameof(RedisOptions.Endpoint)}") found = RedisEndpoint.Masked(found);
        return $"{ConfigurationKeys.SourceOf(configuration, key)}: {key} is \"{found}\", it {rule}";
    }

    /// <summary>A value that is not of its type.</summary>
    public string Sentence(InvalidOperationException unreadable)
    {
        var match = Conversion().Match(unreadable.Message);
        if (!match.Success) return unreadable.Message;
        var key = match.Groups["key"].Value;
        var type = match.Groups["type"].Value switch
        {
            "Int32" or "Int64" => "a whole number",
            "Decimal" or "Double" => "a number",
            "Boolean" => "true or false",
            "TimeSpan" => "a time such as 00:00:01.5",
            var other => $"one of the names of {other}",
        };
        return $"{ConfigurationKeys.SourceOf(configuration, key)}: {key} is \"{configuration[key]}\", expected {type}.";
    }

    [GeneratedRegex(@"The field \w+Options\.(?<path>[\w.]+) (?<rule>.*)$", RegexOptions.Singleline)]
    private static partial Regex Property();

    [GeneratedRegex(@"at '(?<key>[^']+)' to type '(?:[\w]+\.)*(?<type>\w+)'")]
    private static partial Regex Conversion();
}
