using System.CommandLine;

namespace TradeOs.Host;

/// <summary>The verbs and their options.</summary>
internal static class CommandLine
{
    private static readonly Option<string?> ConfigFile = new("--config")
    {
        Description = "appsettings.json to read; default: the one beside the program", HelpName = "FILE",
    };

    private static readonly Option<string[]> Set = new("--set")
    {
        Description = "One setting, e.g. --set Pipeline:BatchCountMax=64; may be repeated", HelpName = "KEY=VALUE",
    };

    private static readonly Option<string?> Redis =
        new("--redis")
        {
            Description = "Where Redis listens: host:port, rediss://host:port or unix:/path; default: Redis:Endpoint",
            HelpName = "ENDPOINT",
        };

    private static readonly Option<string?> Data =
        new("--data") { Description = "Data directory; default: Data:Directory", HelpName = "DIR" };

    private static readonly Option<bool> Json = Flag("--json", "One JSON object on standard output");

    /// <summary>The whole command line of <c>tradeos</c>.</summary>
    public static RootCommand Root()
    {
        var root = new RootCommand("TradeOs: a local-first trading pipeline over Redis Streams.")
        {
            Run(), Status(), Doctor(), Check(), Tail(), Dead(), Skip(), Archive(), Config(),
        };
        foreach (var command in new ReadersCommands(Settings, Json).Create()) root.Add(command);
        foreach (var command in new ControlCommands(Settings, Json).Create()) root.Add(command);
        foreach (var option in (Option[])[ConfigFile, Set, Redis, Data, Json])
        {
            option.Recursive = true;
            root.Add(option);
        }

        return root;
    }

    /// <summary>What is wrong with a command line; where only the verb is missing, also the verbs there are.</summary>
    public static int Explain(ParseResult parsed, string[] arguments)
    {
        var verbs = parsed.CommandResult.Command.Subcommands.Select(command => command.Name).ToList();
        if (verbs.Count == 0)
        {
            foreach (var error in parsed.Errors) Terminal.Say("red", "tradeos:", error.Message);
            Terminal.Say("blue", "Try:", "tradeos --help");
            return ExitCode.Usage;
        }

        var wrong = parsed.UnmatchedTokens is [var first, ..] ? first : null;
        var found = wrong is null ? "no verb was given" : $"'{wrong}' is no verb";
        Terminal.Say("red", "tradeos:", $"{found}, expected one of {string.Join(", ", verbs)}.");
        if (wrong is not null) Terminal.Say("blue", "Try:", "tradeos --help");
        else Root().Parse([.. arguments, "--help"]).Invoke(new InvocationConfiguration { Output = Console.Error });
        return ExitCode.Usage;
    }

    private static Command Run()
    {
        var feeds = new Option<string[]>("--feed")
        {
            Description = "Market data: [FORMAT:]PATH[,symbol=S][,source=N], simulated[:rate=N,...] or none; "
                + "may be repeated",
            HelpName = "SPEC",
        };
        var untilIdle = Flag("--until-idle", "End when all input is through every stage, and print what was written");
        var bus = new Option<string>("--bus")
        {
            Description = "redis, or memory (nothing is kept)", DefaultValueFactory = _ => "redis",
        };
        bus.AcceptOnlyFromAmong("redis", "memory");
        var takeOver = Flag("--take-over", "Replace a host that lives; it stops with exit code 3");
        var adopt = Flag("--adopt", "Accept a Redis other than the one this data directory knows");
        var keepRedis = Flag("--keep-redis", "Leave a managed Redis running at the end, for redis-cli");
        var command = new Command("run", "Run the pipeline until Ctrl-C, or until idle.")
        {
            feeds, untilIdle, bus, takeOver, adopt, keepRedis,
        };
        command.SetAction((arguments, cancellationToken) => PipelineRun.RunAsync(
            Settings(arguments),
            arguments.GetValue(feeds) is { Length: > 0 } specs ? specs : null,
            new RunArguments(
                arguments.GetValue(untilIdle), arguments.GetValue(bus) == "memory", arguments.GetValue(takeOver),
                arguments.GetValue(adopt), arguments.GetValue(keepRedis), arguments.GetValue(Json)),
            cancellationToken));
        return command;
    }

    private static Command Status()
    {
        var watch = Flag("--watch", "Look again every second until Ctrl-C");
        var command = new Command("status", "How the pipeline is: depth, lag, pending. Exit code 1 when degraded.")
        {
            watch,
        };
        command.SetAction((arguments, cancellationToken) => StatusVerb.RunAsync(
            Settings(arguments), arguments.GetValue(watch), arguments.GetValue(Json), cancellationToken));
        return command;
    }

    private static Command Doctor()
    {
        var command = new Command(
            "doctor", "Is this Redis safe to trade on? A cure for each finding. Exit code 1 with findings.");
        command.SetAction((arguments, cancellationToken) =>
            DoctorVerb.RunAsync(Settings(arguments), arguments.GetValue(Json), cancellationToken));
        return command;
    }

    private static Command Check()
    {
        var atRest = Flag("--at-rest", "Everything must be through: what waits is a finding");
        var command = new Command(
            "check", "Prove from the streams alone that nothing is lost or twice. Exit code 1 with findings.")
        {
            atRest,
        };
        command.SetAction((arguments, cancellationToken) => CheckVerb.RunAsync(
            Settings(arguments), arguments.GetValue(atRest), arguments.GetValue(Json), cancellationToken));
        return command;
    }

    private static Command Tail()
    {
        var stream = new Argument<string>("STREAM") { Description = "Name of the stream, e.g. fills" };
        var count = new Option<int>("-n")
        {
            Description = "How many of the newest entries", DefaultValueFactory = _ => 10, HelpName = "N",
        };
        count.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 100_000)
                result.AddError("-n expects a whole number from 1 to 100000.");
        });
        var follow = Flag("-f", "Go on with what is appended, until Ctrl-C");
        var command = new Command("tail", "The newest entries of a stream.") { stream, count, follow };
        command.SetAction((arguments, cancellationToken) => TailVerb.RunAsync(
            Settings(arguments), arguments.GetRequiredValue(stream), arguments.GetValue(count),
            arguments.GetValue(follow), arguments.GetValue(Json), cancellationToken));
        return command;
    }

    private static Command Dead() => new DeadCommands(Settings, Set, Json).Create();

    private static Command Skip() => new SkipCommand(Settings, Json).Create();

    private static Command Archive() => new ArchiveCommands(Settings, Json).Create();

    private static Command Config()
    {
        var show = new Command("show", "Every option as resolved, and where it came from; secrets are masked.");
        show.SetAction(arguments => ConfigVerb.Show(Settings(arguments), arguments.GetValue(Json)));
        return new Command("config", "The configuration.") { show };
    }

    private static Option<bool> Flag(string name, string description) => new(name) { Description = description };

    private static Settings Settings(ParseResult arguments) => Settings(arguments, _ => true);

    private static Settings Settings(ParseResult arguments, Func<string, bool> isSetting)
    {
        var overrides = (arguments.GetValue(Set) ?? []).Where(isSetting).Select(SettingsSource.Split).ToList();
        if (arguments.GetValue(Redis) is { } endpoint) overrides.Add(("Redis:Endpoint", endpoint, "--redis"));
        if (arguments.GetValue(Data) is { } directory) overrides.Add(("Data:Directory", directory, "--data"));
        return SettingsReader.Read(new SettingsSource(arguments.GetValue(ConfigFile), overrides));
    }
}
