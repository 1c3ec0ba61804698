using Microsoft.Extensions.Configuration;

namespace TradeOs.Host;

/// <summary>
/// Where settings come from; a later source wins: the file, the environment, <c>--set</c>, other options.
/// </summary>
/// <param name="File">appsettings.json to read; null for the one beside the program.</param>
/// <param name="Overrides">Values of the command line: key, value, and the option that gave it.</param>
public sealed record SettingsSource(string? File, IReadOnlyList<(string Key, string Value, string Option)> Overrides)
{
    /// <summary>Prefix of environment variables, e.g. <c>TRADEOS_Redis__Password</c>.</summary>
    public const string EnvironmentPrefix = "TRADEOS_";

    /// <summary>Reads the sources, without looking at what the keys mean.</summary>
    /// <exception cref="ConfigurationProblemException">The file is missing or is not JSON.</exception>
    public IConfigurationRoot Read()
    {
        var file = Path.GetFullPath(File ?? Path.Combine(AppContext.BaseDirectory, "appsettings.json"));
        if (!System.IO.File.Exists(file))
        {
            throw new ConfigurationProblemException(
                [$"{file}: no such file; expected appsettings.json. Give its path with --config FILE."]);
        }

        var builder = new ConfigurationBuilder()
            .AddJsonFile(file, optional: false, reloadOnChange: false)
            .AddEnvironmentVariables(EnvironmentPrefix);
        foreach (var (key, value, option) in Overrides) builder.Add(new NamedValueSource(key, value, option));
        try
        {
            return builder.Build();
        }
        catch (InvalidDataException failure)
        {
            var reason = failure.InnerException?.Message ?? failure.Message;
            throw new ConfigurationProblemException([$"{file} is not valid JSON: {reason}"]);
        }
    }

    /// <summary>Splits KEY=VALUE.</summary>
    /// <exception cref="ConfigurationProblemException">There is no '=' or no key.</exception>
    public static (string Key, string Value, string Option) Split(string assignment)
    {
        var equals = assignment.IndexOf('=', StringComparison.Ordinal);
        if (equals > 0) return (assignment[..equals].Trim(), assignment[(equals + 1)..], "--set");
        throw new ConfigurationProblemException(
            [$"--set {assignment}: expected KEY=VALUE, e.g. --set Pipeline:BatchCountMax=64."]);
    }

    /// <summary>One value under the name of the option that gave it.</summary>
    private sealed class NamedValueSource(string key, string value, string option) : IConfigurationSource
    {
        public IConfigurationProvider Build(IConfigurationBuilder builder) => new Provider(key, value, option);

        private sealed class Provider : ConfigurationProvider
        {
            private readonly string _option;

            public Provider(string key, string value, string option)
            {
                _option = option;
                Set(key, value);
            }

            public override string ToString() => _option;
        }
    }
}
