using System.Text.Json;

namespace TradeOs.Bus;

/// <summary>Reads a piece of a stage's state, and says which one it was when it cannot be read.</summary>
public static class StateText
{
    /// <summary>What was kept; text that says nothing is as wrong as text that is no JSON: nothing is what an absent
    /// key says.</summary>
    /// <exception cref="StateUnreadableException">The text is not what the stage wrote.</exception>
    public static TState Read<TState>(string key, string text, Func<string, TState?> read)
        where TState : class
    {
        try
        {
            return read(text) ?? throw new StateUnreadableException(key, text);
        }
        catch (Exception failure) when (failure is JsonException or NotSupportedException)
        {
            throw new StateUnreadableException(key, text, failure);
        }
    }
}
