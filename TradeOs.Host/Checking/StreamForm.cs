using System.Collections.Immutable;
using System.Globalization;
using TradeOs.Stages;
using static TradeOs.Host.FieldKind;

namespace TradeOs.Host;

/// <summary>What the value of a field must be.</summary>
internal enum FieldKind
{
    /// <summary>Any text.</summary>
    Text,

    /// <summary>A decimal number.</summary>
    Number,

    /// <summary>A time.</summary>
    Time,

    /// <summary>buy or sell.</summary>
    Direction,

    /// <summary>An entry id.</summary>
    Id,
}

/// <summary>Fields of the entries of one stream, in their order, as our writers write them.</summary>
/// <param name="Fields">Names and kinds.</param>
/// <param name="Optional">Names that may be left out.</param>
internal sealed record StreamForm(ImmutableArray<(string Name, FieldKind Kind)> Fields, ImmutableArray<string> Optional)
{
    private static readonly StreamForm SignalForm = Of("at trace cause symbol strategy side price bid ask volume " +
        "confidence reason atr", "atr");

    private static readonly ImmutableDictionary<string, StreamForm> Forms = new Dictionary<string, StreamForm>
    {
        [StreamNames.SignalsRaw] = SignalForm,
        [StreamNames.SignalsQualified] = SignalForm,
        [StreamNames.SignalsModified] = Of("at trace cause symbol strategy side price bid ask volume confidence " +
            "reason atr weight volatility", "atr"),
        [StreamNames.TradeIntents] = Of("at trace cause intent_id symbol strategy side qty price bid ask volume " +
            "notional"),
        [StreamNames.TradeApproved] = Of("at trace cause order_id intent_id symbol strategy side qty price bid ask " +
            "volume notional"),
        [StreamNames.Fills] = Of("at trace cause order_id exec_id symbol strategy side qty price fee fee_asset"),
        [StreamNames.Outcomes] = Of("at trace cause symbol strategy side qty entry_price exit_price pnl fees return " +
            "held_ms result open_qty open_price"),
        [StreamNames.Metrics] = Of("at trace cause trades wins win_rate gross_pnl fees net_pnl profit_factor " +
            "max_drawdown sharpe equity"),
        [StreamNames.Rejected] = Of("at trace cause stage code detail symbol"),
    }.ToImmutableDictionary();

    private static readonly ImmutableDictionary<string, StreamForm> MarketForms = new Dictionary<string, StreamForm>
    {
        ["trade"] = Of("at source symbol kind price qty side trade_id"),
        ["bar"] = Of("at source symbol kind open high low close volume"),
        ["quote"] = Of("at source symbol kind bid bid_qty ask ask_qty"),
    }.ToImmutableDictionary();

    /// <summary>Every field an entry of a stream may have, in order; what the program writes there has no
    /// other.</summary>
    public static ImmutableArray<string> ColumnsOf(string stream) => stream switch
    {
        StreamNames.MarketData => Names("at source symbol kind price qty side trade_id open high low close volume " +
            "bid bid_qty ask ask_qty"),
        StreamNames.DeadLetters => Names("stage stream id error length sha256 raw resolves resolution entry reason"),
        StreamNames.ControlLog => Names("stage mode number since reason after count"),
        _ => [.. Forms[stream].Fields.Select(field => field.Name)],
    };

    /// <summary>Form of the entries of a stream; null when nothing of that kind belongs there.</summary>
    public static StreamForm? Of(string stream, EntryView entry) => stream == StreamNames.MarketData
        ? MarketForms.GetValueOrDefault(entry["kind"] ?? "")
        : Forms.GetValueOrDefault(stream);

    /// <summary>Kind of a field; the same in every stream that has it.</summary>
    public static FieldKind KindOf(string field) => field switch
    {
        "at" => Time,
        "trace" or "cause" => Id,
        "side" => Direction,
        "symbol" or "strategy" or "reason" or "source" or "kind" or "trade_id" or "intent_id" or "order_id" or "exec_id"
            or "fee_asset" or "result" or "stage" or "code" or "detail" => Text,
        _ => Number,
    };

    /// <summary>What is wrong with an entry that our own program wrote: name, order, number and text of every
    /// field.</summary>
    public string? FaultOfOurs(EntryView entry)
    {
        var next = 0;
        foreach (var (name, value) in entry.Fields)
        {
            while (next < Fields.Length && Fields[next].Name != name && Optional.Contains(Fields[next].Name)) next++;
            if (next == Fields.Length) return $"field '{name}' at the end";
            if (Fields[next].Name != name) return $"field '{name}' in the place of '{Fields[next].Name}'";
            if (FaultOf(Fields[next].Kind, value, isOurs: true)) return $"field '{name}' \"{value}\"";
            next++;
        }

        while (next < Fields.Length && Optional.Contains(Fields[next].Name)) next++;
        return next < Fields.Length ? $"no field '{Fields[next].Name}'" : null;
    }

    /// <summary>What certainly nobody can decode about an entry of another program; order and other fields are its own
    /// matter, and so is where it says it comes from.</summary>
    public string? FaultOfAny(EntryView entry)
    {
        foreach (var (name, kind) in Fields)
        {
            var count = entry.CountOf(name);
            var isFree = Optional.Contains(name) || kind == Id;
            if (count == 0 && isFree) continue;
            if (count != 1) return count == 0 ? $"no field '{name}'" : $"field '{name}' more than once";
            if (FaultOf(kind, entry[name]!, isOurs: false)) return $"field '{name}' \"{entry[name]}\"";
        }

        return null;
    }

    private static ImmutableArray<string> Names(string names) => [.. names.Split(' ')];

    private static bool FaultOf(FieldKind kind, string value, bool isOurs) => kind switch
    {
        Number => !EntryView.TryNumber(value, out var number) || (isOurs && value != EntryView.Canonical(number)),
        Time => !EntryView.TryTime(value, out var time) || (isOurs && value != CanonicalTime(time)),
        Direction => value is not ("buy" or "sell"),
        Id => EntryView.IdOf(value) is not { } id || (isOurs && id.ToString() != value),
        _ => value.Length == 0 && !isOurs,
    };

    private static string CanonicalTime(DateTime time) =>
        time.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static StreamForm Of(string fields, string optional = "") => new(
        [.. fields.Split(' ').Select(name => (name, KindOf(name)))],
        [.. optional.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
}
