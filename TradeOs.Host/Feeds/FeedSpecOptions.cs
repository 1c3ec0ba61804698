using System.Globalization;
using System.Text.RegularExpressions;

namespace TradeOs.Host;

/// <summary>The <c>name=value</c> part of a SPEC, taken one by one; what nobody took is refused.</summary>
internal sealed partial class FeedSpecOptions
{
    private readonly string _text;
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly List<string> _known = [];

    public FeedSpecOptions(string text, string options)
    {
        _text = text;
        foreach (var option in options.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = option.IndexOf('=');
            if (equals <= 0)
                throw Wrong($"\"{option}\" is no option, expected name=value", "Take it out, or write its name");
            if (!_values.TryAdd(option[..equals], option[(equals + 1)..]))
                throw Wrong($"option \"{option[..equals]}\" is there twice, expected once", "Take one out");
        }
    }

    /// <summary>
    /// Where the options begin: at the first comma with <c>name=</c> behind it, so that a path may hold commas.
    /// </summary>
    public static int StartIn(string rest) =>
        OptionStart().Match(rest) is { Success: true } found ? found.Index : rest.Length;

    /// <summary>The text when it can be a symbol or a source, else null.</summary>
    public static string? NameOrNull(string text) =>
        text.Length is > 0 and <= FeedSpec.NameLengthMax && !text.AsSpan().ContainsAnyExceptInRange('!', '~')
            ? text
            : null;

    /// <summary>A symbol or source; null when it was not given.</summary>
    public string? Name(string name) => Take(name) is not { } value
        ? null
        : NameOrNull(value) ?? throw Wrong(name, value, $"1 to {FeedSpec.NameLengthMax} printable ASCII characters");

    /// <summary>A whole number; <paramref name="otherwise"/> when it was not given.</summary>
    public long Count(string name, long otherwise, long min, long max)
    {
        if (Take(name) is not { } value) return otherwise;
        return long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count >= min && count <= max
            ? count
            : throw Wrong(name, value, $"a whole number from {min} to {max}");
    }

    /// <summary>Ticks a second; null for <c>max</c>.</summary>
    public int? Rate(int otherwise)
    {
        if (_values.GetValueOrDefault("rate") != "max") return (int)Count("rate", otherwise, 1, 1_000_000);
        Take("rate");
        return null;
    }

    /// <summary>
    /// How much faster than recorded, <c>1x</c>, <c>0.5x</c>, <c>10x</c>; null for <c>max</c> and when not given.
    /// </summary>
    public double? Pace()
    {
        if (Take("pace") is not { } value || value == "max") return null;
        const NumberStyles Styles = NumberStyles.AllowDecimalPoint;
        return value.EndsWith('x')
            && double.TryParse(value.AsSpan(..^1), Styles, CultureInfo.InvariantCulture, out var factor)
            && factor is >= 0.01 and <= 10_000
            ? factor
            : throw Wrong("pace", value, "a factor from 0.01x to 10000x, such as 1x, or max");
    }

    /// <summary><c>mdy</c> or <c>dmy</c>; null when it was not given.</summary>
    public DateOrder? Dates() => Take("dates") switch
    {
        null => null,
        "mdy" => DateOrder.MonthFirst,
        "dmy" => DateOrder.DayFirst,
        var other => throw Wrong("dates", other, "mdy or dmy"),
    };

    /// <summary>Refuses what nobody took.</summary>
    public void End()
    {
        foreach (var name in _values.Keys)
            throw Wrong($"option \"{name}\" is unknown, expected one of {string.Join(", ", _known)}",
                "Take it out, or correct its name");
    }

    private string? Take(string name)
    {
        _known.Add(name);
        return _values.Remove(name, out var value) ? value : null;
    }

    private FeedSpecException Wrong(string name, string value, string expected) =>
        Wrong($"option \"{name}\" is \"{value}\", expected {expected}", "Correct it, or leave it out for its default");

    private FeedSpecException Wrong(string what, string next) => new($"--feed {_text}: {what}. {next}.");

    [GeneratedRegex(",[A-Za-z][A-Za-z-]*=")]
    private static partial Regex OptionStart();
}
