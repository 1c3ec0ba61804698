using System.Collections.Concurrent;
using TradeOs.Tests.EndToEnd;

namespace TradeOs.Tests.Chaos;

/// <summary>Builds the product from a copy of its sources with one protection taken out.</summary>
/// <remarks>
/// One build serves every protection whose edits can be switched while the program runs: those of commit.lua, which it
/// then reads from a file, and those of C# that ask <c>Without.Is</c>. An environment variable says what is out.
/// </remarks>
internal static class WeakenedProgram
{
    private const string Switch = "CHAOS_WITHOUT";
    private const string Script = "CHAOS_COMMIT";
    private const string CommitScript = "TradeOs.Bus/Redis/commit.lua";

    private static readonly string[] Projects = ["TradeOs.Bus", "TradeOs.Stages", "TradeOs.Host"];

    private static readonly string[] TopFiles =
        ["Directory.Build.props", "Directory.Packages.props", "global.json", "appsettings.json"];

    private static readonly Lazy<Task<Weakened>> Shared = new(() => BuildAsync("shared", SharedEdits()));
    private static readonly ConcurrentDictionary<string, Lazy<Task<Weakened>>> Own = new();

    /// <summary>The product without that protection; built once, removed with this process.</summary>
    /// <exception cref="InvalidOperationException">An edit does not fit the sources, or they do not build.</exception>
    public static async Task<TradeOsProgram> OfAsync(string protection)
    {
        var edits = Protections.All[protection];
        var weakened = edits.All(IsSwitched)
            ? await Shared.Value
            : await Own.GetOrAdd(
                protection, _ => new(() => BuildAsync(protection, [.. edits.Where(edit => !IsScript(edit))]))).Value;
        var program = weakened.Program.With(Switch, protection);
        var scripts = edits.Where(IsScript).ToList();
        if (scripts.Count == 0) return program;
        var path = weakened.Directory[$"{protection}.lua"];
        File.Copy(Path.Combine(Repository.Root, CommitScript), path, overwrite: true);
        foreach (var edit in scripts) Apply(edit, path);
        return program.With(Script, path);
    }

    /// <summary>Name of the protection that was taken out of a program; null for the one that is shipped.</summary>
    public static string? MissingIn(TradeOsProgram program) => program.Environment.GetValueOrDefault(Switch);

    /// <summary>Begins the shared build, so that it is there when the first control asks.</summary>
    public static void Begin() => _ = Shared.Value;

    private static bool IsScript(SourceEdit edit) => edit.File == CommitScript;

    private static bool IsSwitched(SourceEdit edit) =>
        IsScript(edit) || edit.Replacement.Contains("Without.Is(", StringComparison.Ordinal);

    private static List<SourceEdit> SharedEdits() =>
    [
        .. Protections.All.Values.Where(edits => edits.All(IsSwitched)).SelectMany(edits => edits)
            .Where(edit => !IsScript(edit)),
    ];

    private static async Task<Weakened> BuildAsync(string name, IReadOnlyList<SourceEdit> edits)
    {
        var directory = new TemporaryDirectory();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => directory.Dispose();
        foreach (var file in TopFiles) Copy(file, directory.Path);
        foreach (var file in Projects.SelectMany(Sources)) Copy(file, directory.Path);
        foreach (var edit in edits.Concat(Switches(directory))) Apply(edit, Path.Combine(directory.Path, edit.File));
        var output = directory["out"];
        var build = await ChildProcess.RunAsync(
            "dotnet", "build", directory["TradeOs.Host"], "-c", "Release", "--nologo", "-v", "quiet",
            "-p:TreatWarningsAsErrors=false", "-p:RunAnalyzers=false", "-o", output);
        if (build.ExitCode != 0)
            throw new InvalidOperationException($"Weakened ({name}) it does not build:\n{build.Output}");
        return new Weakened(
            directory, new TradeOsProgram(Path.Combine(output, "tradeos"), new Dictionary<string, string>()));
    }

    /// <summary>What every build gets: a switch for its edits, and commit.lua from a file.</summary>
    private static IEnumerable<SourceEdit> Switches(TemporaryDirectory directory)
    {
        File.WriteAllText(directory["TradeOs.Bus", "Without.cs"], $$"""
            namespace TradeOs.Bus;

            public static class Without
            {
                public static bool Is(string name) => System.Environment.GetEnvironmentVariable("{{Switch}}") == name;
            }
            """);
        yield return new SourceEdit(
            "TradeOs.Bus/Redis/LuaScript.cs", "        using var source =", $"""
                    if (name == "commit.lua" && System.Environment.GetEnvironmentVariable("{Script}") is string path)
                        return System.IO.File.ReadAllText(path);
                    using var source =
            """);
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

    private static void Apply(SourceEdit edit, string path) =>
        File.WriteAllText(path, edit.AppliedTo(File.ReadAllText(path)));

    private sealed record Weakened(TemporaryDirectory Directory, TradeOsProgram Program);
}
