namespace TradeOs.Bus;

/// <summary>Keyed state is only understood by the version of the stage that wrote it.</summary>
internal static class StateVersions
{
    public static RefusedException Refusal(ReaderDefinition definition, int found) => new(
        $"{definition.Name}: its checkpoint holds state of version {found}, this program expects version " +
        $"{definition.StateVersion}. Run the program version that wrote it, or start on an empty data directory and " +
        "feed the recorded input again.");
}
