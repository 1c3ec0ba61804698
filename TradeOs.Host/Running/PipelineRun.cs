using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Spectre.Console;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary><c>tradeos run</c>: one process, every stage a background service on one bus.</summary>
internal sealed partial class PipelineRun
{
    /// <summary>A signal must end the process within two seconds: this for the services, the rest for Redis.</summary>
    private static readonly TimeSpan StopWait = TimeSpan.FromSeconds(1.2);

    private readonly Settings _settings;
    private readonly RunArguments _arguments;
    private readonly BusSession _session;
    private readonly ILoggerFactory _loggers;
    private readonly List<LoopProgress> _loops = [];
    private readonly List<StageService> _stages = [];

    private PipelineRun(Settings settings, RunArguments arguments, BusSession session, ILoggerFactory loggers) =>
        (_settings, _arguments, _session, _loggers) = (settings, arguments, session, loggers);

    private static TimeProvider Time => TimeProvider.System;

    /// <summary>Runs until a signal, until idle when asked to, or until something fails.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="feeds">Feeds of the command line; null takes those of the settings.</param>
    /// <param name="arguments">What was asked for.</param>
    /// <param name="cancellationToken">Ends the start; once the host runs, signals reach it.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(
        Settings settings, IReadOnlyList<string>? feeds, RunArguments arguments, CancellationToken cancellationToken)
    {
        arguments.ThrowIfContradictory();
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(new ConsoleLog(Time)));
        var specs = FeedSpecs.Parse(feeds ?? settings.Feeds, arguments.UntilIdle);
        await using var session = await BusSession.OpenAsync(settings, arguments, loggers, cancellationToken);
        return await new PipelineRun(settings, arguments, session, loggers).RunAsync(specs);
    }

    private async Task<int> RunAsync(ImmutableArray<FeedSpec> specs)
    {
        var limits = new LoopLimits(_settings.Pipeline.BatchCountMax, _settings.Pipeline.ReadWait);
        var feed = new FeedLoop(
            _session.Bus, specs, limits, new FeedProgress(), Time, _loggers.CreateLogger<FeedLoop>());
        AddStages(limits);
        using var host = Build(feed);
        var services = host.Services.GetServices<IHostedService>().OfType<BackgroundService>().ToList();
        await host.RunAsync();
        return await EndAsync(services, feed.Progress);
    }

    private void AddStages(LoopLimits limits)
    {
        foreach (var stage in Pipeline.CreateStages(_settings.Stages))
        {
            var progress = new LoopProgress(stage.Reader.Name);
            _loops.Add(progress);
            _stages.Add(new StageService(new StageLoop(_session.Bus, stage, limits, progress), stage.Reader.Name));
        }
    }

    private IHost Build(FeedLoop feed)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings());
        builder.Services.AddSingleton(_loggers);
        builder.Services.Configure<HostOptions>(options =>
        {
            options.ShutdownTimeout = StopWait;
            options.ServicesStopConcurrently = true;
        });

        // AddHostedService would drop the second service of a type; each stage is one of eight.
        BackgroundService[] services =
        [
            .. _session.Services, .. _stages, new FeedService(feed),
            new RunView(_loops, feed.Progress, Time, _loggers.CreateLogger<RunView>()),
        ];
        foreach (var service in services) builder.Services.AddSingleton<IHostedService>(service);
        if (_arguments.UntilIdle)
        {
            builder.Services.AddSingleton<IHostedService>(provider => new IdleWatch(
                _session.Bus, feed.Progress.Completed, provider.GetRequiredService<IHostApplicationLifetime>(), Time));
        }

        return builder.Build();
    }

    /// <summary>The exit code: the gravest of the services that failed, else whether the run did what was
    /// asked.</summary>
    private async Task<int> EndAsync(List<BackgroundService> services, FeedProgress feed)
    {
        var failures = services.Where(service => service.ExecuteTask is { IsFaulted: true })
            .Select(service => (Service: service, Failure: service.ExecuteTask!.Exception!.GetBaseException()))
            .ToList();
        foreach (var (service, failure) in failures) Terminal.Say("red", "tradeos:", Sentence(service, failure));
        _session.HasFailed = failures.Count > 0;
        if (failures.Any(failure => failure.Failure is FencedException)) _session.IsServerLeft = true;
        if (failures.Count > 0) return failures.Max(failure => ExitCode.Of(failure.Failure));
        if (services.OfType<IdleWatch>().Any(watch => watch.IsIdle))
        {
            await SummariseAsync();
            return ExitCode.Good;
        }

        LogStopped(_loggers.CreateLogger<PipelineRun>(), feed.Rows, _loops[^1].Count);
        return _arguments.UntilIdle ? ExitCode.Failed : ExitCode.Good;
    }

    /// <summary>A stage that threw is named with the entry it stopped at; it will stop there again.</summary>
    private string Sentence(BackgroundService service, Exception failure)
    {
        var isExpected = failure is FencedException or StreamDamagedException or RefusedException;
        if (isExpected || service is not StageService stage) return failure.Message;
        var at = $"{Topology.Reader(stage.Name).Input}/{_loops.First(loop => loop.Name == stage.Name).EntryInHand}";
        return $"{stage.Name} failed at {at}: {failure.GetType().Name}: {failure.Message} " +
            "This is a bug in the stage; nothing was skipped, and it stops here again after a restart.";
    }

    private async Task SummariseAsync()
    {
        var summary = await RunSummary.ReadAsync(_session.Bus, CancellationToken.None);
        if (_arguments.Json)
        {
            using var output = Console.OpenStandardOutput();
            SummaryJson.Write(output, summary, isIdle: true);
        }
        else
        {
            SummaryTable.Write(Terminal.Out, summary);
        }

        if (_session.IsServerToStop) LogLookHint(_loggers.CreateLogger<PipelineRun>());
    }

    [LoggerMessage(300, LogLevel.Information,
        "Stopped at {Rows} rows of the feed, {Trades} trades closed; the next start goes on from there.")]
    private static partial void LogStopped(ILogger logger, long rows, long trades);

    [LoggerMessage(301, LogLevel.Information,
        "Redis stops with this run. To look at the streams with redis-cli, run the same again with --keep-redis: " +
        "it adds nothing to them.")]
    private static partial void LogLookHint(ILogger logger);
}
