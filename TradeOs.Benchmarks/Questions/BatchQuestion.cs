using BenchmarkDotNet.Attributes;

namespace TradeOs.Benchmarks;

/// <summary>A question asked of batches of every size on every kind of server; an operation is a batch.</summary>
public abstract class BatchQuestion
{
    /// <summary>Entries of a batch.</summary>
    [Params(1, 16, 128, 512)]
    public int Entries { get; set; }

    /// <summary>Fields of an entry.</summary>
    [Params(8, 16)]
    public int Fields { get; set; }

    /// <summary>appendfsync of the server.</summary>
    [Params("always", "everysec")]
    public string Fsync { get; set; } = "";
}
