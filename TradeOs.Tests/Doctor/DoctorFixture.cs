using System.Diagnostics;
using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Host;

namespace TradeOs.Tests.Doctor;

/// <summary>An examination in this process, and cures typed as they are written.</summary>
public abstract class DoctorFixture
{
    /// <summary>What can be looked at here: in a changed root the kernel does not tell the file system of a
    /// directory.</summary>
    internal static IReadOnlyList<Check> InSight(RedisServerProcess server) => MachineExamination.FileSystemOf(
        server.Directory) is null ? [.. Checks.All.Where(check => check != Checks.MemoryDisk)] : Checks.All;

    /// <summary>Examines a server as <c>tradeos doctor</c> does.</summary>
    protected static Task<Examination> ExamineAsync(
        RedisServerProcess server, string data, params (string Key, string Value)[] settings) =>
        ExamineAsync(server, data, TimeProvider.System, settings);

    /// <summary>Examines a server with another clock on this machine.</summary>
    private protected static Task<Examination> ExamineAsync(
        RedisServerProcess server, string data, TimeProvider time, params (string Key, string Value)[] settings)
    {
        (string, string, string)[] all =
        [
            ("Redis:Endpoint", server.Endpoint, "test"), ("Data:Directory", data, "test"),
            .. settings.Select(setting => (setting.Key, setting.Value, "test")),
        ];
        return DoctorExamination.RunAsync(SettingsReader.Read(new SettingsSource(null, all)), time, default);
    }

    /// <summary>The one finding of a check; it must be there once.</summary>
    protected static Finding Only(Examination examination, string code)
    {
        var found = examination.Findings.Where(finding => finding.Check.Code == code).ToList();
        Assert.That(found, Has.Count.EqualTo(1), string.Join('\n', examination.Findings));
        return found[0];
    }

    /// <summary>Codes of what has to be changed; notes are left out.</summary>
    protected static IEnumerable<string> Codes(Examination examination) => examination.Findings
        .Where(finding => finding.Check.Severity != FindingSeverity.Note).Select(finding => finding.Check.Code);

    /// <summary>Types every command of the cure as the message has it, into a shell.</summary>
    protected static async Task CureAsync(RedisServerProcess server, Finding finding, string options = "")
    {
        Assert.That(finding.Commands, Is.Not.Empty, finding.Cure);
        foreach (var command in finding.Commands)
            await ShellAsync($"redis-cli -e -p {server.Port} {options} {command}");
    }

    /// <summary>Runs a line in a shell; it must end well.</summary>
    protected static async Task ShellAsync(string line)
    {
        var start = new ProcessStartInfo("sh", ["-c", line])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var shell = Process.Start(start)!;
        var said = await shell.StandardOutput.ReadToEndAsync() + await shell.StandardError.ReadToEndAsync();
        await shell.WaitForExitAsync();
        Assert.That(shell.ExitCode, Is.Zero, $"{line}\n{said}");
    }
}
