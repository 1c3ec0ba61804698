using System.Text;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>A field that a requeue corrects.</summary>
internal sealed record Correction(string Name, string Value);

/// <summary>What a requeue would append, or why it cannot.</summary>
/// <param name="Entry">The entry.</param>
/// <param name="Refusal">Where, what was found, what was expected, the next move; null when nothing is in the
/// way.</param>
internal sealed record Requeue(Fields Entry, string? Refusal)
{
    /// <summary>Most fields of an entry that the transaction can pass on.</summary>
    private const int FieldCountMax = 1000;

    /// <summary>Fields with a number that one stage counts and the next decides once.</summary>
    private static readonly string[] Counted = ["intent_id", "order_id", "execution_id"];

    /// <summary>Finds the bytes, corrects them, and shows them to the stage that has to decode them.</summary>
    public static async Task<Requeue> PlanAsync(
        BusLook look, EntryId id, DeadLetter letter, IReadOnlyList<Correction> corrections, StageOptions options,
        CancellationToken cancellationToken)
    {
        var where = $"{StreamNames.DeadLetters}/{id}";
        if (RefusalOf(where, id, letter) is { } refusal) return new Requeue(default, refusal);
        if (corrections.FirstOrDefault(correction => Counted.Contains(correction.Name)) is { } counted)
        {
            return new Requeue(default,
                $"{where}: --set {counted.Name}=... would change a number that {letter.Stream} is counted by, " +
                $"expected the one it was given. Leave it as it is, or: {Drop(id)}");
        }

        var (fields, lack) = await BytesAsync(look, letter, cancellationToken);
        if (lack is not null)
            return new Requeue(default, $"{where}: {lack} Have its writer send it again, then: {Drop(id)}");
        var entry = Correct(fields, corrections);
        if (entry.Count is < 1 or > FieldCountMax)
        {
            return new Requeue(default,
                $"{where}: has {entry.Count} fields, expected 1 to {FieldCountMax}. Have its writer send what is " +
                $"needed of it, then: {Drop(id)}");
        }

        if (Trial.ErrorOf(letter.Stage, entry, options) is not { } error) return new Requeue(entry, null);
        return new Requeue(default,
            $"{where}: {letter.Stage} could not decode it again: {EntryText.Show(error)}. Correct it with --set " +
            $"FIELD=VALUE, or: {Drop(id)}");
    }

    /// <summary>Why no entry could be made of it, whatever its bytes; null when one can.</summary>
    public static string? RefusalOf(string where, EntryId id, DeadLetter letter)
    {
        var (stage, stream) = (EntryText.Show(letter.Stage), EntryText.Show(letter.Stream));
        if (letter.IsOfFeed)
        {
            return $"{where}: is line {EntryText.Show(letter.Id)} of {stream}, a row of a feed, expected an entry of " +
                $"a stream. Write the row, mended, into a file of its own and feed that, then: {Drop(id)}";
        }

        if (Topology.Stages.Any(reader => reader.Name == letter.Stage && reader.Input == letter.Stream)) return null;
        return $"{where}: names stage '{stage}' and stream '{stream}', expected a stage and the stream it reads. " +
            $"Append the entry yourself where it belongs, then: {Drop(id)}";
    }

    /// <summary>The entry as it was: from the letter when that kept it whole, else from its stream.</summary>
    public static async Task<(Fields Fields, string? Lack)> BytesAsync(
        BusLook look, DeadLetter letter, CancellationToken cancellationToken)
    {
        if (letter.Raw.TryDecode(out var fields)) return (fields, null);
        var place = $"{EntryText.Show(letter.Stream)}/{EntryText.Show(letter.Id)}";
        var found = await OriginalAsync(look, letter, cancellationToken);
        if (found is { } entry && letter.Raw.IsOf(entry.Fields)) return (entry.Fields, null);
        var kept = letter.Raw.IsWhole
            ? $"the {letter.Raw.Length} bytes it keeps are no entry"
            : $"it keeps {letter.Raw.Kept.Length} of {letter.Raw.Length} bytes";
        return (default, found is null
            ? $"{kept}, and {place} is not in its stream any more; expected the whole entry in one of the two."
            : $"{kept}, and {place} is not the entry with its sha256; expected the whole entry in one of the two.");
    }

    /// <summary>What its stream holds where it was found; null when that is gone.</summary>
    public static async Task<Entry?> OriginalAsync(
        BusLook look, DeadLetter letter, CancellationToken cancellationToken) =>
        EntryId.TryParse(Encoding.UTF8.GetBytes(letter.Id), out var id) && Topology.Path.Contains(letter.Stream)
            ? await look.EntryAsync(letter.Stream, id, cancellationToken)
            : null;

    /// <summary>The command that lets a letter be.</summary>
    public static string Drop(EntryId id) => $"tradeos dead drop {id} --reason WHY";

    /// <summary>A field keeps its place and is there once; one that was missing comes last.</summary>
    internal static Fields Correct(Fields fields, IReadOnlyList<Correction> corrections)
    {
        if (corrections.Count == 0) return fields;
        var left = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var correction in corrections) left[correction.Name] = correction.Value;
        var names = left.Keys.ToHashSet(StringComparer.Ordinal);
        var builder = new FieldsBuilder();
        foreach (var field in fields)
        {
            var name = Encoding.UTF8.GetString(field.Name);
            if (!names.Contains(name)) builder.Add(field.Name, field.Value);
            else if (left.Remove(name, out var value)) builder.Add(field.Name, Encoding.UTF8.GetBytes(value));
        }

        foreach (var (name, value) in left) builder.Add(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));
        return builder.Build();
    }
}
