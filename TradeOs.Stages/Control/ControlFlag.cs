using System.Globalization;
using System.Text.RegularExpressions;
using TradeOs.Bus;

namespace TradeOs.Stages;

/// <summary>What an operator ordered last: the text of <c>tradeos:control</c>.</summary>
/// <param name="Mode">What trading may do from then on.</param>
/// <param name="Number">Rises by one with every change; 0 while there never was one.</param>
/// <param name="Since">When it was ordered, by the clock of the operator's machine, UTC, whole seconds.</param>
/// <param name="Reason">Why, in the operator's words.</param>
public sealed partial record ControlFlag(TradingMode Mode, long Number, DateTime Since, string Reason)
{
    /// <summary>Longest reason, characters.</summary>
    public const int ReasonLengthMax = 200;

    /// <summary>Field of a stage's state that keeps what it obeyed: a name no symbol can take.</summary>
    public const string StateField = ":control";

    /// <summary>What the text looks like, for messages.</summary>
    public const string Expected = "mode=normal|reduce-only|halted number=N since=2026-11-22T20:00:00Z reason=WHY";

    /// <summary>The verbs that write it, for messages.</summary>
    public const string Verbs =
        "tradeos halt --reason WHY, tradeos reduce-only --reason WHY or tradeos resume --reason WHY";

    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    /// <summary>Before the first change: trading is normal.</summary>
    public static ControlFlag None { get; } = new(TradingMode.Normal, 0, default, "");

    /// <summary>The mode as it stands in the text.</summary>
    public string Word => WordOf(Mode);

    /// <summary>Such as <c>halted since 2026-11-22T20:00:00Z: exchange is down (change 3)</c>.</summary>
    public string ForPeople => Number == 0
        ? "normal and was never changed"
        : FormattableString.Invariant($"{Word} since {SinceText}: {Reason} (change {Number})");

    /// <summary>When it was ordered, as it stands in the text.</summary>
    public string SinceText => Since.ToString(TimeFormat, CultureInfo.InvariantCulture);

    /// <summary>The word of a mode.</summary>
    public static string WordOf(TradingMode mode) => mode switch
    {
        TradingMode.Halted => "halted",
        TradingMode.ReduceOnly => "reduce-only",
        _ => "normal",
    };

    /// <summary>Whether a reason can be kept: 1 to <see cref="ReasonLengthMax"/> characters a terminal can
    /// show.</summary>
    public static bool IsReason(string text) =>
        !string.IsNullOrWhiteSpace(text) && text.Length <= ReasonLengthMax && EntryText.Show(text) == text
        && !text.Contains('\ufffd', StringComparison.Ordinal);

    /// <summary>Reads the text; null when it is not exactly what <see cref="ToString"/> writes. An empty one is
    /// <see cref="None"/>.</summary>
    public static ControlFlag? Parse(string text)
    {
        if (text.Length == 0) return None;
        if (Shape().Match(text) is not { Success: true } match) return null;
        var mode = match.Groups["mode"].Value switch
        {
            "halted" => TradingMode.Halted,
            "reduce-only" => TradingMode.ReduceOnly,
            _ => TradingMode.Normal,
        };
        var isNumber = long.TryParse(
            match.Groups["number"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        var isTime = DateTime.TryParseExact(
            match.Groups["since"].Value, TimeFormat, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var since);
        var flag = new ControlFlag(mode, number, since, match.Groups["reason"].Value);
        return isNumber && isTime && IsReason(flag.Reason) && flag.ToString() == text ? flag : null;
    }

    /// <summary>The text of <c>tradeos:control</c>; empty before the first change.</summary>
    public override string ToString() => Number == 0
        ? ""
        : FormattableString.Invariant($"mode={Word} number={Number} since={SinceText} reason={Reason}");

    [GeneratedRegex("^mode=(?<mode>normal|reduce-only|halted) number=(?<number>[1-9][0-9]{0,17}) " +
        "since=(?<since>[0-9TZ:-]{20}) reason=(?<reason>.+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Shape();
}
