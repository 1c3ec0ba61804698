using System.Text.Json;

namespace TradeOs.Host;

/// <summary><c>standstill.json</c> in a data directory: there only while its host stands still.</summary>
/// <param name="dataDirectory">The data directory.</param>
internal sealed class StandstillFile(string dataDirectory)
{
    private static readonly JsonSerializerOptions Format =
        new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    private readonly string _path = Path.Combine(Path.GetFullPath(dataDirectory), "standstill.json");

    /// <summary>What it says; null when there is none, or nothing that can be read.</summary>
    public StandstillNote? Read()
    {
        try
        {
            return File.Exists(_path)
                ? JsonSerializer.Deserialize<StandstillNote>(File.ReadAllText(_path), Format)
                : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes it whole, so that nobody reads half of it.</summary>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public void Write(StandstillNote note)
    {
        var draft = _path + ".new";
        File.WriteAllText(draft, JsonSerializer.Serialize(note, Format));
        File.Move(draft, _path, overwrite: true);
    }

    /// <summary>Removes it.</summary>
    /// <exception cref="IOException">The disk does not let it go.</exception>
    public void Remove() => File.Delete(_path);
}
