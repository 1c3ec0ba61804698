using BenchmarkDotNet.Running;
using TradeOs.Benchmarks;

if (args is ["pipeline", .. var rest]) return await PipelineComparison.RunAsync(rest);
BenchmarkSwitcher.FromAssembly(typeof(QuestionConfig).Assembly).Run(args, new QuestionConfig());
return 0;
