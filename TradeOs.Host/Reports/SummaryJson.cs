using System.Text.Json;

namespace TradeOs.Host;

/// <summary>The summary of a run, for programs: one JSON object.</summary>
internal static class SummaryJson
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    /// <summary>Writes it to <paramref name="output"/>, with a line end.</summary>
    public static void Write(Stream output, RunSummary summary, bool isIdle)
    {
        using (var json = new Utf8JsonWriter(output, Indented))
        {
            json.WriteStartObject();
            json.WriteBoolean("idle", isIdle);
            json.WriteStartObject("streams");
            foreach (var line in summary.Streams)
            {
                json.WriteStartObject(line.Stream);
                json.WriteNumber("entries", line.Entries);
                json.WriteNumber("held", line.Held);
                json.WriteNumber("added", line.Added);
                json.WriteString("sha256", line.Sha256);
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteStartObject("rejections");
            foreach (var (key, count) in summary.Rejections) json.WriteNumber(key, count);
            json.WriteEndObject();
            json.WriteStartObject("metrics");
            foreach (var (name, value) in summary.Metrics) json.WriteString(name, value);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        output.WriteByte((byte)'\n');
    }
}
