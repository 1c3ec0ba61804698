using System.ComponentModel.DataAnnotations;

namespace TradeOs.Stages;

/// <summary>What every strategy has: whether it runs, and when it leaves whatever its own rule says.</summary>
public abstract class ExitOptions
{
    /// <summary>Whether the strategy runs. Default true.</summary>
    /// <remarks>Switched off, it says nothing more, exits included: what it holds stays open until it is
    /// back.</remarks>
    public bool Enabled { get; set; } = true;

    /// <summary>Leaves when a bar closes so many average true ranges below the entry, 0.1 to 100. Default 3.</summary>
    [Range(0.1, 100)]
    public double StopMultiple { get; set; } = 3;

    /// <summary>Leaves when a bar closes so many average true ranges above the entry, 0.1 to 100. Default 4.</summary>
    [Range(0.1, 100)]
    public double TargetMultiple { get; set; } = 4;

    /// <summary>Leaves after so many bars, 1 to 100,000. Default 60.</summary>
    [Range(1, 100_000)]
    public int HoldBarsMax { get; set; } = 60;
}
