using System.CommandLine;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>The option <c>--reason</c> of every verb that changes something for good.</summary>
internal static class ReasonOption
{
    private const int LengthMax = 200;

    /// <summary>A required option whose text fits into an entry and onto a terminal.</summary>
    public static Option<string> Create()
    {
        var reason = new Option<string>("--reason")
        {
            Description = "Why, kept with the resolution", Required = true, HelpName = "WHY",
        };
        reason.Validators.Add(result =>
        {
            var text = result.GetValueOrDefault<string>() ?? "";
            if (string.IsNullOrWhiteSpace(text) || text.Length > LengthMax || EntryText.Show(text) != text)
                result.AddError($"--reason expects 1 to {LengthMax} characters a terminal can show.");
        });
        return reason;
    }
}
