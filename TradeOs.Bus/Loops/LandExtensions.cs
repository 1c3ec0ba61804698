namespace TradeOs.Bus;

/// <summary>What a loop does with each answer of a commit.</summary>
public static class LandExtensions
{
    /// <summary>Commits until the batch has landed, waiting while an output is full.</summary>
    /// <returns>True when it landed; false when the reader must be opened again.</returns>
    /// <exception cref="FencedException">Another host owns the reader.</exception>
    /// <exception cref="StreamDamagedException">Data the commit depends on is gone.</exception>
    public static async ValueTask<bool> LandAsync(
        this IStreamReader reader, Batch batch, string name, LoopProgress progress, CancellationToken stoppingToken)
    {
        while (true)
        {
            // The batch in hand is finished, so the commit itself is not cancelled: the bus bounds how long it takes.
            switch (await reader.CommitAsync(batch, CancellationToken.None))
            {
                case CommitResult.Committed or CommitResult.AlreadyCommitted:
                    progress.Committed(batch);
                    return true;
                case CommitResult.Full:
                    progress.Waiting(reader.Detail);
                    await reader.WaitForRoomAsync(stoppingToken);
                    break;
                case CommitResult.ControlChanged or CommitResult.Outside:
                    return false;
                case CommitResult.Fenced:
                    throw new FencedException(
                        $"{name} was opened by another host; this one stops so that nothing is done twice.");
                default:
                    throw new StreamDamagedException($"{name} cannot commit: {reader.Detail}");
            }
        }
    }
}
