using System.CommandLine;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary><c>halt</c>, <c>reduce-only</c> and <c>resume</c>.</summary>
/// <param name="settings">Reads the settings of a command line.</param>
/// <param name="json">The option <c>--json</c>.</param>
internal sealed class ControlCommands(Func<ParseResult, Settings> settings, Option<bool> json)
{
    /// <summary>The three verbs.</summary>
    public IEnumerable<Command> Create() =>
    [
        Create("halt", "Refuse every intent and every order from the next commit on, exits included.",
            TradingMode.Halted),
        Create("reduce-only", "Let only sales of what is held through from the next commit on.",
            TradingMode.ReduceOnly),
        Create("resume", "Trade as the limits allow again, after halt or reduce-only.", TradingMode.Normal),
    ];

    private Command Create(string name, string description, TradingMode mode)
    {
        var reason = new Option<string>("--reason")
        {
            Description = "Why, kept with the order and in control.log", Required = true, HelpName = "WHY",
        };
        reason.Validators.Add(result =>
        {
            if (!ControlFlag.IsReason(result.GetValueOrDefault<string>() ?? ""))
                result.AddError(
                    $"--reason expects 1 to {ControlFlag.ReasonLengthMax} characters a terminal can show.");
        });
        var command = new Command(name, description) { reason };
        command.SetAction((arguments, cancellationToken) => ControlVerb.RunAsync(
            settings(arguments), mode, arguments.GetRequiredValue(reason), arguments.GetValue(json),
            cancellationToken));
        return command;
    }
}
