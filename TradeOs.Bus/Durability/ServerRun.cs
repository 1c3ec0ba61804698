namespace TradeOs.Bus;

/// <summary>Which process of a server is being talked to.</summary>
internal static class ServerRun
{
    /// <summary>Makes sure that the server is still the process with that run id.</summary>
    /// <exception cref="BusUnavailableException">It is not: it was restarted, or replaced.</exception>
    public static async Task ThrowUnlessAsync(ControlConnection connection, string runId)
    {
        var found = (await connection.InfoAsync("server")).GetValueOrDefault("run_id", "(absent)");
        if (found == runId) return;
        throw new BusUnavailableException(
            $"Redis at {connection.Endpoint} changed while it was examined: run_id is {found}, expected {runId}. " +
            "It was restarted, or another server took its place; it is examined again.");
    }
}
