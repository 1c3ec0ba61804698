using TradeOs.Stages;

namespace TradeOs.Tests.Checking;

/// <summary>What cannot be seen from the streams alone when one field is changed to another good value, and why. The
/// digest of the stream changes all the same.</summary>
internal static class Blindness
{
    /// <summary>Why a change of that field cannot be found; null when it must be.</summary>
    public static string? Of(PipelineCopy pipeline, string stream, int place, string field)
    {
        var entry = pipeline.Streams[stream][place];
        var id = entry.Id.ToString();
        return stream switch
        {
            StreamNames.MarketData when field is "source" or "qty" or "side" or "trade_id" =>
                "nobody writes it down a second time",
            StreamNames.MarketData when field is "at" or "symbol" or "price"
                && !IsNamed(pipeline, StreamNames.SignalsRaw, "cause", id) => "nothing was said at this tick",
            StreamNames.SignalsRaw when field is not ("trace" or "cause")
                && !IsNamed(pipeline, StreamNames.SignalsQualified, "cause", id) && !IsWitnessed(pipeline, field, id) =>
                "the signal was refused: what it said stands nowhere else",
            StreamNames.SignalsModified when field == "weight" && TestOf(pipeline, stream, place, "side") == "buy" =>
                "the weight of an entry depends on settings, which are in no stream",
            StreamNames.Fills when field == "fee_asset" => "a setting, in no other stream",
            StreamNames.Fills when field is "price" or "fee" && IsOpen(pipeline, place) =>
                "the position is open: no outcome was made of it yet",
            StreamNames.Rejected when field == "detail" => "words for people",
            StreamNames.DeadLetters when field is "error" or "reason" => "words for people",
            StreamNames.DeadLetters when field is "stream" or "id"
                && TestOf(pipeline, stream, place, "stage") == "feed" =>
                "a place in a file, which is not here",
            StreamNames.ControlLog when field == "number" => "a stage may pass over changes",
            _ => null,
        };
    }

    /// <summary>A refused signal of ours is held against its tick and its rejection, one from outside against its
    /// rejection.</summary>
    private static bool IsWitnessed(PipelineCopy pipeline, string field, string id)
    {
        var place = pipeline.Streams[StreamNames.SignalsRaw].FindIndex(entry => entry.Id.ToString() == id);
        var isOurs = TestOf(pipeline, StreamNames.SignalsRaw, place, "cause").Length > 0;
        if (IsNamed(pipeline, StreamNames.DeadLetters, "id", id)) return true;
        return field is "at" or "symbol" || (isOurs && field == "price");
    }

    private static bool IsOpen(PipelineCopy pipeline, int place)
    {
        if (TestOf(pipeline, StreamNames.Fills, place, "side") != "buy") return false;
        var key = Key(pipeline, place);
        return !Enumerable.Range(place + 1, pipeline.Streams[StreamNames.Fills].Count - place - 1)
            .Any(later => Key(pipeline, later) == key && TestOf(pipeline, StreamNames.Fills, later, "side") == "sell");
    }

    private static string Key(PipelineCopy pipeline, int place) =>
        TestOf(pipeline, StreamNames.Fills, place, "symbol") + TestOf(pipeline, StreamNames.Fills, place, "strategy");

    private static bool IsNamed(PipelineCopy pipeline, string stream, string field, string id) =>
        pipeline.Streams[stream].Any(entry => Stages.TestText.Of(entry, field) == id);

    private static string TestOf(PipelineCopy pipeline, string stream, int place, string field) =>
        Stages.TestText.Of(pipeline.Streams[stream][place], field);
}
