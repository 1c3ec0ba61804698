using System.Collections.Immutable;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>
/// Turns the configuration into checked <see cref="Settings"/>, or says everything that is wrong with it at once.
/// </summary>
internal static class SettingsReader
{
    /// <summary>Reads and checks.</summary>
    /// <exception cref="ConfigurationProblemException">
    /// Unknown keys, values out of range, values that cannot be read.
    /// </exception>
    public static Settings Read(SettingsSource source)
    {
        var configuration = source.Read();
        var problems = ConfigurationKeys.Problems(configuration).ToList();
        using var services = Options(configuration).BuildServiceProvider();
        var failures = new OptionFailures(configuration);
        var redis = Take<RedisOptions>(services, failures, RedisOptions.Section, problems);
        var data = Take<DataOptions>(services, failures, DataOptions.Section, problems);
        var pipeline = Take<PipelineOptions>(services, failures, PipelineOptions.Section, problems);
        var archive = Take<ArchiveOptions>(services, failures, ArchiveOptions.Section, problems);
        var stages = Take<StageOptions>(services, failures, "", problems);
        var streams = Streams(configuration, failures, problems);
        if (problems.Count == 0) problems.AddRange(StreamOptions.Problems(streams, pipeline!.BatchCountMax));
        if (problems.Count > 0) throw new ConfigurationProblemException(problems);
        var feeds = configuration.GetSection(Sections.Feeds).Get<string[]>() ?? [];
        return new Settings(configuration, redis!, data!, pipeline!, archive!, stages!, streams, [.. feeds]);
    }

    private static ServiceCollection Options(IConfiguration configuration)
    {
        var services = new ServiceCollection();
        services.AddOptions<RedisOptions>().Bind(configuration.GetSection(RedisOptions.Section));
        services.AddSingleton<IValidateOptions<RedisOptions>, RedisOptionsValidator>();
        services.AddOptions<DataOptions>().Bind(configuration.GetSection(DataOptions.Section));
        services.AddSingleton<IValidateOptions<DataOptions>, DataOptionsValidator>();
        services.AddOptions<PipelineOptions>().Bind(configuration.GetSection(PipelineOptions.Section));
        services.AddSingleton<IValidateOptions<PipelineOptions>, PipelineOptionsValidator>();
        services.AddOptions<ArchiveOptions>().Bind(configuration.GetSection(ArchiveOptions.Section));
        services.AddSingleton<IValidateOptions<ArchiveOptions>, ArchiveOptionsValidator>();
        services.AddOptions<StageOptions>().Bind(configuration);
        services.AddSingleton<IValidateOptions<StageOptions>, StageOptionsValidator>();
        return services;
    }

    private static T? Take<T>(ServiceProvider services, OptionFailures failures, string section, List<string> problems)
        where T : class
    {
        try
        {
            return services.GetRequiredService<IOptions<T>>().Value;
        }
        catch (OptionsValidationException invalid)
        {
            problems.AddRange(invalid.Failures.Select(failure => failures.Sentence(failure, section)));
        }
        catch (InvalidOperationException unreadable)
        {
            problems.Add(failures.Sentence(unreadable));
        }

        return null;
    }

    private static ImmutableSortedDictionary<string, StreamOptions> Streams(
        IConfiguration configuration, OptionFailures failures, List<string> problems)
    {
        var streams = ImmutableSortedDictionary.CreateBuilder<string, StreamOptions>(StringComparer.Ordinal);
        foreach (var stream in Topology.Streams)
        {
            var options = StreamOptions.DefaultOf(stream);
            try
            {
                configuration.GetSection($"{StreamOptions.Section}:{stream}").Bind(options);
            }
            catch (InvalidOperationException unreadable)
            {
                problems.Add(failures.Sentence(unreadable));
            }

            streams[stream] = options;
        }

        return streams.ToImmutable();
    }
}
