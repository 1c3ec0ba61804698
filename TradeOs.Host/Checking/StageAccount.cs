using System.Globalization;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>What is known of the streams a stage writes to when its inputs are accounted for.</summary>
/// <param name="OutputGone">Entries of its output that are gone.</param>
/// <param name="OutputsRequeuedGone">Of them, those an operator had appended; null when that cannot be known.</param>
/// <param name="Refusals">What it refused.</param>
/// <param name="RefusalsGone">Whether refusals are gone.</param>
/// <param name="Letters">What it buried.</param>
/// <param name="LettersGone">Whether letters are gone.</param>
/// <param name="Controls">Entries it wrote to other side streams; null when some are gone.</param>
internal sealed record StageWritings(
    long OutputGone, long? OutputsRequeuedGone, IReadOnlyList<RefusedInput> Refusals, bool RefusalsGone,
    IReadOnlyList<(EntryId Letter, EntryId Subject)> Letters, bool LettersGone, long? Controls);

/// <summary>Accounts for every input of one stage: conservation.</summary>
internal sealed class StageAccount(StageCheck stage, StageWritings writings, long added, CheckNotes notes)
{
    private long _output, _rejected, _dead, _silent, _unknown;

    private string Name => stage.Reader.Name;

    private string Key => RedisKeys.Checkpoint(Name);

    private bool IsAnyGone => writings.OutputGone > 0 || writings.RefusalsGone || writings.LettersGone;

    /// <summary>Notes what does not add up.</summary>
    public StageLine Complete()
    {
        var processed = stage.Inputs.CountUpTo(stage.Checkpoint.Position);
        CheckPosition(processed);
        for (var place = 0; place < processed; place++) Account(place);
        CheckSilent();
        CheckWritten();
        stage.Complete();
        var waiting = stage.Inputs.Count - processed;
        return new StageLine(
            Name, stage.Reader.Input!, added, stage.InputsGone, _output, _rejected, _dead, _silent, _unknown, waiting);
    }

    private void CheckPosition(int processed)
    {
        var (position, count) = (stage.Checkpoint.Position, stage.Checkpoint.Count);
        if (count > added)
        {
            notes.Found(
                CheckCodes.CountAhead, Key, $"count {count}",
                $"at most {added}, all that {stage.Reader.Input} was given",
                "The stream was deleted and made anew, or the checkpoint was changed: run tradeos doctor.");
        }
        else if (stage.InputsGoneBefore > count)
        {
            notes.Found(
                CheckCodes.Vanished, stage.Reader.Input!,
                $"{stage.InputsGoneBefore} entries gone, {Name} has read {count}",
                "every entry that was not read", "Somebody trimmed or deleted them: run tradeos doctor.");
        }
        else if (stage.IsOvertaken)
        {
            NotProven("its position: the entries around it were trimmed while they were read.");
        }
        else if (count - stage.InputsGone != processed)
        {
            notes.Found(
                CheckCodes.Position, Key, $"position {position}, which is entry {stage.InputsGone + processed}",
                $"that of entry {count}, its count", "Compare position and count with what it wrote last.");
        }
        else if (processed > 0 && stage.Inputs.IdAt(processed - 1) != position)
        {
            notes.Found(
                CheckCodes.Position, Key, $"position {position}, which is no entry",
                $"{stage.Inputs.IdAt(processed - 1)}, entry {count}",
                "The entry was deleted, or the checkpoint changed: run tradeos doctor.");
        }
    }

    private void Account(int place)
    {
        var marks = stage.Inputs.MarksAt(place);
        var isBuried = (marks & HeldEntries.Dead) != 0;
        if ((marks & HeldEntries.Output) != 0) _output++;
        else if ((marks & HeldEntries.Rejected) != 0) _rejected++;
        else if (isBuried) _dead++;
        else if (CanHaveBeenTrimmed(stage.Inputs.IdAt(place))) _unknown++;
        else CheckNothing(place, marks);
        if (!isBuried && (marks & HeldEntries.Malformed) != 0 && !writings.LettersGone)
            FormFound(stage.Inputs.IdAt(place));
    }

    private void CheckNothing(int place, byte marks)
    {
        var may = stage.Contract.Silence switch
        {
            Silence.Always => true,
            Silence.AtBuys => (marks & HeldEntries.Buy) != 0,
            _ => false,
        };
        if (may) _silent++;
        else _unknown++;
        if (may) return;
        var id = stage.Inputs.IdAt(place);
        notes.Found(
            CheckCodes.NoOutcome, $"{stage.Reader.Input}/{id}", $"nothing that {Name} made of it",
            $"an entry of {stage.Reader.Outputs[0]}, a rejection or a dead letter",
            CheckNotes.Look(stage.Reader.Input!, id));
    }

    private void FormFound(EntryId id) => notes.Found(
        CheckCodes.Form, $"{stage.Reader.Input}/{id}", "an entry nobody can decode and no dead letter about it",
        $"a dead letter of {Name}", CheckNotes.Look(stage.Reader.Input!, id));

    /// <summary>What a stage writes to a stream follows its inputs, so what is gone was made of inputs up to that of
    /// the oldest entry left.</summary>
    private bool CanHaveBeenTrimmed(EntryId input)
    {
        if (writings.OutputGone > 0 && (stage.Outputs == 0 || input < stage.CauseFirst)) return true;
        if (writings.RefusalsGone && (writings.Refusals.Count == 0 || input < writings.Refusals[0].Cause)) return true;
        return writings.LettersGone && (writings.Letters.Count == 0 || input < writings.Letters[0].Subject);
    }

    private void CheckSilent()
    {
        var found = stage.Checkpoint.Silent;
        if (stage.Contract.Silence == Silence.Never && found != 0)
        {
            SilentFound(0);
            return;
        }

        if (stage.Contract.Silence == Silence.Never) return;
        if (IsAnyGone)
        {
            NotProven("the number of silent inputs: what came of some inputs was trimmed.");
            return;
        }

        var expected = stage.InputsGone > 0
            ? stage.Checkpoint.Count - _output - _rejected - _dead - stage.TrimmedWithOutcome
            : _silent;
        if (found != expected) SilentFound(expected);
        if (stage.InputsGone > 0)
            NotProven("which of the inputs that were trimmed were silent; only their number is.");
    }

    private void SilentFound(long expected) => notes.Found(
        CheckCodes.Silent, Key, $"silent {stage.Checkpoint.Silent}", $"{expected}, the inputs nothing came of",
        $"An entry {Name} wrote is lost, or the checkpoint was changed: look at its streams.");

    private void CheckWritten()
    {
        var held = stage.Outputs + writings.Refusals.Count + writings.Letters.Count + (writings.Controls ?? 0);
        var ever = held + writings.OutputGone - (writings.OutputsRequeuedGone ?? 0);
        var isExact = !writings.RefusalsGone && !writings.LettersGone && writings.Controls is not null
            && (writings.OutputGone == 0 || writings.OutputsRequeuedGone is not null);
        var written = stage.Checkpoint.Written;
        if (isExact ? written != ever : written < held)
        {
            var expected = isExact ? $"{ever}" : $"at least {held}";
            notes.Found(
                CheckCodes.Written, Key, $"written {written}", $"{expected}, the entries of {Name} in the streams",
                "An entry is lost or there twice, or the checkpoint was changed.");
        }

        if (!isExact) NotProven("the number of entries written: some of them were trimmed.");
        if (stage.Contract.Silence == Silence.Never && IsAnyGone && _unknown > 0)
        {
            NotProven(string.Create(CultureInfo.InvariantCulture,
                $"the outcome of {_unknown} inputs: what was written for them was trimmed."));
        }
    }

    private void NotProven(string what) => notes.NotProven(Name, what);
}
