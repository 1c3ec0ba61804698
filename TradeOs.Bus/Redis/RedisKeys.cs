namespace TradeOs.Bus;

/// <summary>Names of the keys the bus keeps beside the streams. Operators may read them; only the bus writes
/// them.</summary>
public static class RedisKeys
{
    /// <summary>Set of the readers ever opened.</summary>
    public const string Readers = "tradeos:readers";

    /// <summary>The control flag the commits that spend money are decided under; absent until the first halt.</summary>
    public const string Control = "tradeos:control";

    /// <summary>Who hosts the pipeline.</summary>
    public const string Host = "tradeos:host";

    /// <summary>Id of the installation this server belongs to.</summary>
    public const string Instance = "tradeos:instance";

    /// <summary>Run id of the server process whose append-only file was rewritten after its start, so that a restart of
    /// the host alone rewrites nothing.</summary>
    public const string Sealed = "tradeos:sealed";

    /// <summary>Hash: how far a reader has come and who owns it.</summary>
    public static string Checkpoint(string reader) => "tradeos:checkpoint:" + reader;

    /// <summary>Hash: the keyed state of a reader.</summary>
    public static string State(string reader) => "tradeos:state:" + reader;

    /// <summary>Set of the outside readers ever registered and not removed.</summary>
    public const string Outside = "tradeos:outside";

    /// <summary>Set of the outside readers that a stream is not trimmed past.</summary>
    public static string OutsideOf(string stream) => "tradeos:outside:" + stream;

    /// <summary>What an outside reader is called wherever readers of the pipeline are named as well.</summary>
    public static string OutsideName(string name) => "outside:" + name;

    /// <summary>Hash an outside program without a consumer group writes: <c>position</c>, the last entry it is done
    /// with.</summary>
    public static string Offset(string name) => "tradeos:offset:" + name;
}
