namespace TradeOs.Host;

internal static class PipelineRun
{
    public static Task<int> RunAsync(Settings settings, IReadOnlyList<string>? feeds, RunArguments arguments, CancellationToken cancellationToken) => throw new NotSupportedException();
}
