namespace TradeOs.Host;

/// <summary>What a run asks of its data directory before anything is written there.</summary>
internal static class DataDirectory
{
    /// <summary>
    /// Asked first, so that a directory that cannot be used is a wrong setting and not a failure halfway.
    /// </summary>
    /// <exception cref="ConfigurationProblemException">Nothing can be written there.</exception>
    public static void ThrowUnlessWritable(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
            // Hosts that are started at once ask at once.
            var probe = Path.Combine(directory, $".writable-{Guid.NewGuid():N}");
            File.Create(probe, 1, FileOptions.DeleteOnClose).Dispose();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationProblemException(
            [
                $"Data:Directory is \"{directory}\", expected a directory this user can write to: {failure.Message} " +
                "Make it one, or give another with --data DIR.",
            ]);
        }
    }
}
