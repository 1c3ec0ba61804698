using Microsoft.Extensions.Logging;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>What became of an order of the operator.</summary>
/// <param name="Flag">The flag that holds now.</param>
/// <param name="IsChanged">Whether this order made it; otherwise it was so before.</param>
/// <param name="Replaced">What was wrong with the flag before; null when nothing was.</param>
internal sealed record ControlOutcome(ControlFlag Flag, bool IsChanged, string? Replaced);

/// <summary>Sets the control flag, once, on a server that keeps what it is told.</summary>
/// <remarks>It opens no reader and takes nobody's place, so a host may run meanwhile.</remarks>
internal sealed class ControlDesk(BusLook look, VerbGate gate, TimeProvider time)
{
    private const int AttemptCountMax = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Sets the mode, unless it is set already.</summary>
    /// <exception cref="BusUnavailableException">The server went away; whether it is set is not known.</exception>
    /// <exception cref="RefusedException">The server may not be used, or does not permit it.</exception>
    /// <exception cref="StreamDamagedException">The key of the flag holds something else.</exception>
    public async Task<ControlOutcome> OrderAsync(
        TradingMode mode, string reason, CancellationToken cancellationToken)
    {
        ControlFlag? inDoubt = null;
        for (var attempt = 1; attempt <= AttemptCountMax; attempt++)
        {
            try
            {
                var report = await ControlReport.ReadAsync(look);
                if (inDoubt is not null && report.Flag == inDoubt) return new(inDoubt, true, null);
                var runId = await gate.AdmitAsync(cancellationToken);
                if (report is { Damage: null, Flag: { } flag } && flag.Mode == mode) return new(flag, false, null);
                var order = new ControlFlag(mode, report.NextNumber, Now(), reason);
                inDoubt = order;
                if (await SetAsync(runId, report.Text, order)) return new(order, true, report.Damage);
                inDoubt = null;
            }
            catch (BusUnavailableException) when (inDoubt is not null && attempt < AttemptCountMax)
            {
                // The next look finds out whether it was set.
                await Task.Delay(Pause, time, cancellationToken);
            }
            catch (BusUnavailableException lost) when (inDoubt is not null)
            {
                throw new BusUnavailableException(
                    $"{lost.Message} Whether {RedisKeys.Control} was set is not known. Run the same again: it is " +
                    "never done twice.", lost);
            }
        }

        throw new BusUnavailableException(
            $"{RedisKeys.Control} was changed by somebody else at each of {AttemptCountMax} attempts, and this order " +
            "was not given. Look with tradeos status who orders what, then run the same again.");
    }

    private async Task<bool> SetAsync(string runId, string before, ControlFlag order)
    {
        var (result, detail) = await new ControlSwitch(look.Control, runId).SetAsync(before, order.ToString());
        return result switch
        {
            SwitchResult.Set => true,
            SwitchResult.Damaged => throw new RefusedException(
                $"{RedisKeys.Control}: {detail}. Nothing was written; tradeos doctor says more."),
            _ => false,
        };
    }

    private DateTime Now()
    {
        var now = time.GetUtcNow().UtcDateTime;
        return new DateTime(now.Ticks - (now.Ticks % TimeSpan.TicksPerSecond), DateTimeKind.Utc);
    }
}
