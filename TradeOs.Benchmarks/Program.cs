using System.Runtime.InteropServices;
using BenchmarkDotNet.Running;
using TradeOs.Benchmarks;

// .NET 10 ends at a signal without a word; a server that a benchmark started must go with it.
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => Environment.Exit(130));
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => Environment.Exit(143));

if (args is ["pipeline", .. var rest]) return await PipelineComparison.RunAsync(rest);
if (args is ["feed", .. var feed]) return await FeedMeasurement.RunAsync(feed);
if (args is ["resume", .. var resume]) return await ResumeMeasurement.RunAsync(resume);
if (args is ["bounded", .. var bounded]) return await BoundedMeasurement.RunAsync(bounded);
BenchmarkSwitcher.FromAssembly(typeof(QuestionConfig).Assembly).Run(args, new QuestionConfig());
return 0;
