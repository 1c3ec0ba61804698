using System.Text;
using System.Text.RegularExpressions;
using TradeOs.Bus;
using TradeOs.Stages;
using static TradeOs.Host.Terminal;

namespace TradeOs.Host;

/// <summary><c>tradeos dead show</c>: all there is to know of one letter, and what to do next.</summary>
internal static partial class DeadShowVerb
{
    private const int HexBytesMax = 256;

    /// <summary>Shows it; 1 when there is no such letter.</summary>
    public static async Task<int> RunAsync(
        Settings settings, EntryId id, bool raw, bool json, CancellationToken cancellationToken)
    {
        using var look = await DeadLook.OpenAsync(settings, cancellationToken);
        var found = await LetterLook.FindAsync(look, id, cancellationToken);
        if (found.Letter is not { } letter)
        {
            Say("red", "tradeos:", found.RefusalOf(id)!);
            return ExitCode.Failed;
        }

        var original = await Requeue.OriginalAsync(look, letter, cancellationToken);
        if (raw) return await WriteRawAsync(id, letter, original, cancellationToken);
        if (json) WriteJson(Json(id, found, letter, original));
        else foreach (var line in Lines(id, found, letter, original)) Console.Out.WriteLine(line);
        return ExitCode.Good;
    }

    /// <summary>The bytes and nothing else; what the letter cut off comes from the original.</summary>
    private static async Task<int> WriteRawAsync(
        EntryId id, DeadLetter letter, Entry? original, CancellationToken cancellationToken)
    {
        await using var output = Console.OpenStandardOutput();
        if (!letter.Raw.IsWhole && original is { } entry && letter.Raw.IsOf(entry.Fields))
        {
            RawBytes.Visit(entry.Fields, bytes => output.Write(bytes));
            return ExitCode.Good;
        }

        await output.WriteAsync(letter.Raw.Kept, cancellationToken);
        if (letter.Raw.IsWhole) return ExitCode.Good;
        Say("red", "tradeos:",
            $"{StreamNames.DeadLetters}/{id}: these are the first {letter.Raw.Kept.Length} of {letter.Raw.Length} " +
            "bytes, expected all; the letter keeps no more and the original is gone.");
        return ExitCode.Failed;
    }

    private static IEnumerable<string> Lines(EntryId id, LetterLook found, DeadLetter letter, Entry? original)
    {
        var raw = letter.Raw;
        yield return $"letter    {id}, written {LetterStream.WrittenAt(id)}";
        yield return $"stage     {EntryText.Show(letter.Stage)}";
        var (stream, place) = (EntryText.Show(letter.Stream), EntryText.Show(letter.Id));
        yield return letter.IsOfFeed
            ? $"row       {stream} line {place}"
            : $"entry     {stream}/{place}, {OriginalSaid(letter, original)}";
        yield return $"error     {EntryText.Show(letter.Error)}";
        yield return $"bytes     {Number(raw.Length)}, " +
            (raw.IsWhole ? "all kept" : $"the first {Number(raw.Kept.Length)} kept");
        yield return $"sha-256   {(raw.Sha256.Length > 0 ? raw.Sha256 : "unknown: it was too large to be read whole")}";
        yield return "state     " + (found.Resolution is { } resolution
            ? $"{LetterLook.Said(resolution)} on {LetterStream.WrittenAt(found.ResolvedAt)} by {found.ResolvedAt}: " +
              EntryText.Show(resolution.Reason)
            : "open");
        yield return "";
        foreach (var line in Content(letter)) yield return "  " + line;
        if (found.Resolution is not null) yield break;
        yield return "";
        foreach (var line in Next(id, letter, original)) yield return line;
    }

    private static IEnumerable<string> Content(DeadLetter letter)
    {
        var raw = letter.Raw;
        if (!letter.IsOfFeed && raw.TryDecode(out var fields)) return FieldLines(fields);
        if (raw.IsText) return Encoding.ASCII.GetString(raw.Kept.Span).TrimEnd('\n').Split('\n').Select(EntryText.Show);
        var rows = ExactText.HexRows(raw.Kept[..Math.Min(raw.Kept.Length, HexBytesMax)]);
        return raw.Kept.Length <= HexBytesMax ? rows : [.. rows, "... (--raw writes all)"];
    }

    private static List<string> FieldLines(Fields fields)
    {
        var lines = new List<string>();
        foreach (var field in fields) lines.Add($"{ExactText.Of(field.Name)}={ExactText.Of(field.Value)}");
        return lines;
    }

    private static string OriginalSaid(DeadLetter letter, Entry? original) =>
        original is not { } entry ? "no longer in its stream"
        : letter.Raw.IsOf(entry.Fields) ? "still in its stream"
        : "its stream holds another entry there";

    private static IEnumerable<string> Next(EntryId id, DeadLetter letter, Entry? original)
    {
        var where = $"{StreamNames.DeadLetters}/{id}";
        var isThere = letter.Raw.IsWhole || (original is { } entry && letter.Raw.IsOf(entry.Fields));
        if (Requeue.RefusalOf(where, id, letter) is { } refusal)
        {
            yield return "Next: " + refusal[(where.Length + 2)..];
        }
        else if (!isThere)
        {
            yield return "Next: the rest of it is gone. Have its writer send it again, then: " + Requeue.Drop(id);
        }
        else
        {
            var field = Field().Match(letter.Error) is { Success: true } match ? match.Groups[1].Value : "FIELD";
            yield return $"Next: tradeos dead requeue {id} --set {field}=VALUE --reason WHY";
            yield return $"  or: {Requeue.Drop(id)}";
        }
    }

    private static object Json(EntryId id, LetterLook found, DeadLetter letter, Entry? original) => new
    {
        letter = DeadJson.Of(id, letter, found.Resolution),
        resolved_by = found.Resolution is null ? null : found.ResolvedAt.ToString(),
        original = letter.IsOfFeed ? "row" : original is not { } entry ? "gone"
            : letter.Raw.IsOf(entry.Fields) ? "there" : "other",
        is_text = letter.Raw.IsText,
        base64 = Convert.ToBase64String(letter.Raw.Kept.Span),
        fields = !letter.IsOfFeed && letter.Raw.TryDecode(out var fields) ? Pairs(fields) : null,
    };

    /// <summary>Pairs keep the order and repeated names; bytes that are not text are escaped.</summary>
    private static List<string[]> Pairs(Fields fields)
    {
        var pairs = new List<string[]>();
        foreach (var field in fields) pairs.Add([ExactText.Of(field.Name), ExactText.Of(field.Value)]);
        return pairs;
    }

    [GeneratedRegex("^field '([a-z][a-z0-9_]*)'")]
    private static partial Regex Field();
}
