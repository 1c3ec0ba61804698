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

    private static readonly TimeSpan SummaryWaitMax = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan SummaryPause = TimeSpan.FromMilliseconds(200);

    private readonly Settings _settings;
    private readonly RunArguments _arguments;
    private readonly BusSession _session;
    private readonly ILoggerFactory _loggers;
    private readonly List<LoopProgress> _loops = [];
    private readonly List<StageService> _stages = [];
    private readonly List<LoopProgress> _archiveLoops = [];
    private readonly List<ArchiveService> _archives = [];

    private PipelineRun(Settings settings, RunArguments arguments, BusSession session, ILoggerFactory loggers) =>
        (_settings, _arguments, _session, _loggers) = (settings, arguments, session, loggers);

    private ImmutableArray<string> Archived => _arguments.OnMemory ? [] : _settings.ArchivedStreams;

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
        AddArchives(limits);
        var standstill = Standstill(feed.Progress.Loop);
        using var host = Build(feed, standstill);
        using var meter = Meter(feed.Progress.Loop, standstill);
        var services = host.Services.GetServices<IHostedService>().OfType<BackgroundService>().ToList();
        await host.RunAsync();
        return await EndAsync(services, feed.Progress);
    }

    private void AddStages(LoopLimits limits)
    {
        var stages = Pipeline.CreateStages(_settings.Stages);
        foreach (var stage in stages) _loops.Add(new LoopProgress(stage.Reader.Name));
        var chains = _settings.Pipeline.ChainCommits ? _session.Bus as IChainBus : null;
        foreach (var names in Topology.Chains)
        {
            ImmutableArray<IStage> members = [.. stages.Where(stage => names.Contains(stage.Reader.Name))];
            ImmutableArray<LoopProgress> progress = [.. _loops.Where(loop => names.Contains(loop.Name))];
            if (chains is not null && members.Length > 1)
            {
                var chain = new ChainLoop(chains, members, limits, progress, Time);
                _stages.AddRange(names.Select(name => new StageService(name, chain.RunAsync)));
                continue;
            }

            foreach (var (stage, its) in members.Zip(progress))
                _stages.Add(new StageService(its.Name, new StageLoop(_session.Bus, stage, limits, its).RunAsync));
        }
    }

    private void AddArchives(LoopLimits limits)
    {
        foreach (var stream in Archived)
        {
            var progress = new LoopProgress(ArchiveReaders.NameOf(stream));
            _archiveLoops.Add(progress);
            _archives.Add(new ArchiveService(new ArchiveLoop(
                _session.Bus, new ArchiveFolder(_settings.DataDirectory, stream), _settings.Archive,
                ArchiveLoop.Limits(_settings.Streams[stream].MaxLength, limits), progress, Time,
                (double)_archives.Count / Archived.Length)));
        }
    }

    private IHost Build(FeedLoop feed, StandstillService? standstill)
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
            .. _session.Services, .. _stages, .. _archives, new FeedService(feed),
            new RunView(_loops, _archiveLoops, feed.Progress, _session.Outage, Time, _loggers.CreateLogger<RunView>()),
            .. standstill is null ? [] : new BackgroundService[] { standstill },
            .. _session.Followers([feed.Progress.Loop, .. _loops], _loggers),
        ];
        foreach (var service in services) builder.Services.AddSingleton<IHostedService>(service);
        if (_arguments.UntilIdle)
        {
            builder.Services.AddSingleton<IHostedService>(provider => new IdleWatch(
                _session.Bus, Archived, feed.Progress.Completed,
                provider.GetRequiredService<IHostApplicationLifetime>(), Time));
        }

        return builder.Build();
    }

    private StandstillService? Standstill(LoopProgress feed) => _session.Outage is { } outage
        ? new StandstillService(
            outage, [feed, .. _loops, .. _archiveLoops], _settings.DataDirectory, Time,
            _loggers.CreateLogger<StandstillService>())
        : null;

    private PipelineMeter Meter(LoopProgress feed, StandstillService? standstill) => new(
        [feed, .. _loops, .. _archiveLoops], _session.Outage, StreamOptions.Limits(_settings.Streams),
        () => standstill?.Waiting ?? [], () => _session.Seen, Time);

    /// <summary>The exit code: the gravest of the services that failed, else whether the run did what was
    /// asked.</summary>
    private async Task<int> EndAsync(List<BackgroundService> services, FeedProgress feed)
    {
        var failures = services.Where(service => service.ExecuteTask is { IsFaulted: true })
            .Select(service => service.ExecuteTask!.Exception!.InnerException!)
            .Distinct() // Stages of a chain fail together.
            .ToList();
        foreach (var failure in failures) Terminal.Say("red", "tradeos:", Sentence(failure));
        _session.HasFailed = failures.Count > 0;
        if (failures.Any(failure => failure is FencedException)) _session.IsServerLeft = true;
        if (failures.Count > 0) return failures.Max(ExitCode.Of);
        if (services.OfType<IdleWatch>().Any(watch => watch.IsIdle))
        {
            await SummariseAsync();
            return ExitCode.Good;
        }

        LogStopped(_loggers.CreateLogger<PipelineRun>(), feed.Rows, _loops[^1].Count);
        return _arguments.UntilIdle ? ExitCode.Failed : ExitCode.Good;
    }

    /// <summary>A stage that stopped at an entry stops there again; a bug can be passed by with a verb.</summary>
    private string Sentence(Exception failure)
    {
        var isBug = failure is StageFailedException { InnerException: not StateUnreadableException };
        if (!isBug || _arguments.OnMemory || failure is not StageFailedException stage) return failure.Message;
        return $"{stage.Message} To go on behind the entry, and have it kept as a dead letter: " +
            $"tradeos skip {stage.Stage} {stage.Id} --reason WHY";
    }

    private async Task SummariseAsync()
    {
        var summary = await PatientSummaryAsync();
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

    /// <summary>Everything is through: a server that goes away just now delays what there is to say, and no
    /// more.</summary>
    private async Task<RunSummary> PatientSummaryAsync()
    {
        var started = Time.GetTimestamp();
        for (var isFirst = true; ; isFirst = false)
        {
            try
            {
                return await RunSummary.ReadAsync(_session.Bus, _session.History, CancellationToken.None);
            }
            catch (BusUnavailableException away) when (Time.GetElapsedTime(started) < SummaryWaitMax)
            {
                if (isFirst) LogSummaryWaits(_loggers.CreateLogger<PipelineRun>(), away.Message);
                await Task.Delay(SummaryPause, Time);
            }
        }
    }

    [LoggerMessage(302, LogLevel.Warning,
        "Everything is through; the summary waits a minute at most for Redis: {Reason}")]
    private static partial void LogSummaryWaits(ILogger logger, string reason);

    [LoggerMessage(300, LogLevel.Information,
        "Stopped at {Rows} rows of the feed, {Trades} trades closed; the next start goes on from there.")]
    private static partial void LogStopped(ILogger logger, long rows, long trades);

    [LoggerMessage(301, LogLevel.Information,
        "Redis stops with this run. To look at the streams with redis-cli, run the same again with --keep-redis: " +
        "it adds nothing to them.")]
    private static partial void LogLookHint(ILogger logger);
}
