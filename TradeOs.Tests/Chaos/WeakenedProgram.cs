using TradeOs.Tests.EndToEnd;

namespace TradeOs.Tests.Chaos;

/// <summary>Builds the product from a copy of its sources with one protection taken out.</summary>
internal static class WeakenedProgram
{
    private static readonly string[] Projects = ["TradeOs.Bus", "TradeOs.Stages", "TradeOs.Host"];

    private static readonly string[] TopFiles =
        ["Directory.Build.props", "Directory.Packages.props", "global.json", "appsettings.json"];

    /// <summary>Copies, edits and builds into <paramref name="directory"/>.</summary>
    /// <exception cref="InvalidOperationException">An edit does not fit the sources, or they do not build.</exception>
    public static async Task<TradeOsProgram> BuildAsync(string protection, string directory)
    {
        foreach (var file in TopFiles) Copy(file, directory);
        foreach (var file in Projects.SelectMany(Sources)) Copy(file, directory);
        foreach (var edit in Protections.All[protection]) Apply(edit, directory);
        var output = Path.Combine(directory, "out");
        var build = await ChildProcess.RunAsync(
            "dotnet", "build", Path.Combine(directory, "TradeOs.Host"), "-c", "Release", "--nologo", "-v", "quiet",
            "-p:TreatWarningsAsErrors=false", "-o", output);
        if (build.ExitCode != 0)
            throw new InvalidOperationException($"Without {protection} it does not build:\n{build.Output}");
        return new TradeOsProgram(Path.Combine(output, "tradeos"), new Dictionary<string, string>());
    }

    private static IEnumerable<string> Sources(string project) =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, project), "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Repository.Root, file))
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"));

    private static void Copy(string file, string directory)
    {
        var target = Path.Combine(directory, file);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Copy(Path.Combine(Repository.Root, file), target, overwrite: true);
    }

    private static void Apply(SourceEdit edit, string directory)
    {
        var path = Path.Combine(directory, edit.File);
        var text = File.ReadAllText(path);
        var parts = text.Split(edit.Text).Length - 1;
        if (parts != 1)
            throw new InvalidOperationException($"{edit.File} holds {parts} times, expected once: {edit.Text}");
        File.WriteAllText(path, text.Replace(edit.Text, edit.Replacement, StringComparison.Ordinal));
    }
}
