using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;

namespace TradeOs.Host;

/// <summary>Brings the names in a directory to disk: a file whose name is lost is lost, however well its content was
/// kept.</summary>
/// <remarks>.NET has no way to it. On Windows the file system keeps names by itself.</remarks>
internal static class DirectorySync
{
    private const int ReadOnly = 0;

    /// <summary>Returns when the names are on disk.</summary>
    /// <exception cref="IOException">The disk does not take them.</exception>
    public static void Flush(string directory)
    {
        if (OperatingSystem.IsWindows()) return;
        var descriptor = NativeMethods.Open([.. Encoding.UTF8.GetBytes(directory), 0], ReadOnly);
        if (descriptor < 0) throw Failed(directory);
        var result = NativeMethods.Sync(descriptor);
        var failure = Failed(directory);
        _ = NativeMethods.Close(descriptor);
        if (result != 0) throw failure;
    }

    private static IOException Failed(string directory) =>
        new($"{new Win32Exception(Marshal.GetLastPInvokeError()).Message} : '{directory}'");

    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "open", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Open(byte[] path, int flags);

        [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Sync(int descriptor);

        [DllImport("libc", EntryPoint = "close", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Close(int descriptor);
    }
}
