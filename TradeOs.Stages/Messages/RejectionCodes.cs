namespace TradeOs.Stages;

/// <summary>Why a stage said no, as written to <c>decisions.rejected</c>. A contract: never renamed.</summary>
public static class RejectionCodes
{
    /// <summary>signal-engine: a finished bar is not later than the one before it.</summary>
    public const string BarOutOfOrder = "BAR_OUT_OF_ORDER";

    /// <summary>signal-qualifier: the entry's confidence is below the floor.</summary>
    public const string ConfidenceTooLow = "CONFIDENCE_TOO_LOW";

    /// <summary>signal-qualifier: the strategy entered this symbol too short a time ago.</summary>
    public const string Cooldown = "COOLDOWN";

    /// <summary>signal-qualifier: the same strategy said the same for the same moment before.</summary>
    public const string Duplicate = "DUPLICATE";

    /// <summary>signal-modifier: nobody knows how much the symbol moves, so an entry cannot be weighted.</summary>
    public const string VolatilityUnknown = "VOLATILITY_UNKNOWN";

    /// <summary>intent-planner: an exit without an open plan.</summary>
    public const string NothingToClose = "NOTHING_TO_CLOSE";

    /// <summary>intent-planner: an entry while the plan of that symbol and strategy is open.</summary>
    public const string AlreadyOpen = "ALREADY_OPEN";

    /// <summary>feasibility: the intent was decided before.</summary>
    public const string DuplicateIntent = "DUPLICATE_INTENT";

    /// <summary>feasibility, execution: an operator halted trading.</summary>
    public const string TradingHalted = "TRADING_HALTED";

    /// <summary>feasibility, execution: an operator allows only what shrinks exposure, and this would grow
    /// it.</summary>
    public const string TradingReduceOnly = "TRADING_REDUCE_ONLY";

    /// <summary>feasibility: the notional is not quantity times price.</summary>
    public const string NotionalMismatch = "NOTIONAL_MISMATCH";

    /// <summary>intent-planner, feasibility: less than the smallest quantity.</summary>
    public const string QuantityTooSmall = "QTY_TOO_SMALL";

    /// <summary>intent-planner, feasibility: more than the largest quantity.</summary>
    public const string QuantityTooLarge = "QTY_TOO_LARGE";

    /// <summary>feasibility: less than the smallest notional.</summary>
    public const string NotionalTooSmall = "NOTIONAL_TOO_SMALL";

    /// <summary>feasibility: more than the largest notional.</summary>
    public const string NotionalTooLarge = "NOTIONAL_TOO_LARGE";

    /// <summary>feasibility: the symbol's position would grow over its limit.</summary>
    public const string PositionLimit = "POSITION_LIMIT";

    /// <summary>feasibility: all positions together would grow over the limit.</summary>
    public const string ExposureLimit = "EXPOSURE_LIMIT";

    /// <summary>feasibility: bid and ask are crossed, too far apart, or the price jumped.</summary>
    public const string PriceSanity = "PRICE_SANITY";

    /// <summary>feasibility: too many entries in a window of market time.</summary>
    public const string RateLimit = "RATE_LIMIT";

    /// <summary>feasibility: an exit of something that was never approved.</summary>
    public const string NoPosition = "NO_POSITION";

    /// <summary>feasibility: an exit of more than was approved.</summary>
    public const string InsufficientPosition = "INSUFFICIENT_POSITION";

    /// <summary>execution: the order was executed before.</summary>
    public const string DuplicateOrder = "DUPLICATE_ORDER";

    /// <summary>execution: the units it sells were approved and never bought, because trading was halted or reduced
    /// between.</summary>
    public const string NotBought = "NOT_BOUGHT";

    /// <summary>execution: after slippage and rounding nothing is left of the price.</summary>
    public const string PriceTooSmall = "PRICE_TOO_SMALL";

    /// <summary>outcome-tracker: more was sold than the book holds.</summary>
    public const string NothingHeld = "NOTHING_HELD";
}
