namespace TradeOs.Bus;

/// <summary>What one setting, or one field of INFO, must be.</summary>
/// <param name="Check">What it is about.</param>
/// <param name="Where">Name of the setting or field.</param>
/// <param name="Expected">What would be right, for people.</param>
/// <param name="Find">Takes the value; null when the server does not have it.</param>
/// <param name="IsGood">Judges the value; it may look at others beside it.</param>
/// <param name="Cure">What to do, for this server.</param>
internal sealed record ServerRule(
    Check Check, string Where, string Expected, Func<ServerFacts, string?> Find,
    Func<string, ServerFacts, bool> IsGood, Func<ServerFacts, string> Cure)
{
    private const string ValueWhenAbsent = "(absent)";

    /// <summary>A setting that must have one value.</summary>
    /// <param name="check">What it is about.</param>
    /// <param name="setting">Its name.</param>
    /// <param name="expected">The value.</param>
    /// <param name="why">A last sentence of the cure; empty for none.</param>
    public static ServerRule Setting(Check check, string setting, string expected, string why = "") => new(
        check, setting, expected, Value(setting), (value, _) => value == expected,
        facts => $"Run `CONFIG SET {setting} {expected}`, {facts.Persist}.{why}");

    /// <summary>A field of INFO that must have one value.</summary>
    /// <param name="check">What it is about.</param>
    /// <param name="field">Its name.</param>
    /// <param name="expected">The value.</param>
    /// <param name="cure">What to do about another one.</param>
    public static ServerRule Field(Check check, string field, string expected, string cure) => new(
        check, field, expected, facts => facts.Fields.GetValueOrDefault(field), (value, _) => value == expected,
        _ => cure);

    /// <summary>Takes a setting.</summary>
    public static Func<ServerFacts, string?> Value(string setting) =>
        facts => facts.Settings.GetValueOrDefault(setting);

    /// <summary>Looks at the value and says what is wrong with it.</summary>
    public void Examine(ServerFacts facts, Examination examination)
    {
        var found = Find(facts);
        examination.Looked(Check);
        if (found is not null && IsGood(found, facts)) return;
        examination.Found(Check, Where, found ?? ValueWhenAbsent, Expected, Cure(facts));
    }
}
