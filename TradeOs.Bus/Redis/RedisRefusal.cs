using System.Text.RegularExpressions;

namespace TradeOs.Bus;

/// <summary>What Redis says when it does not let us in or does not let us do something, with the next move.</summary>
public static partial class RedisRefusal
{
    private const string NextPassword =
        "Set Redis:Password, or the environment variable TRADEOS_Redis__Password, to the password of Redis' " +
        "'default' user.";

    /// <summary>The refusal for an error of the kinds NOAUTH, WRONGPASS, NOPERM and such.</summary>
    /// <param name="endpoint">Where Redis is; empty when the caller's own words say it.</param>
    /// <param name="error">The server's words.</param>
    public static RefusedException Of(string endpoint, string error)
    {
        ArgumentNullException.ThrowIfNull(error);
        error = error.TrimEnd('.');
        var redis = endpoint.Length > 0 ? $"Redis at {endpoint}" : "Redis";
        return new RefusedException(error switch
        {
            _ when error.StartsWith("NOAUTH", StringComparison.Ordinal) =>
                $"{redis} wants a password, found none in Redis:Password: {error}. {NextPassword}",
            _ when error.StartsWith("WRONGPASS", StringComparison.Ordinal) =>
                $"{redis} did not accept Redis:Password: {error}. {NextPassword}",
            _ when error.Contains("without any password configured", StringComparison.Ordinal) =>
                $"{redis} needs no password, expected it to check the one in Redis:Password: {error}. Anybody could " +
                "use it. Give its 'default' user that password (ACL SETUSER default on resetpass >...), or set " +
                "Redis:Password to \"\".",
            _ when error.StartsWith("READONLY", StringComparison.Ordinal) =>
                $"{redis} is a replica and takes no writes: {error}. Point Redis:Endpoint at the primary; or, if " +
                "this server is to be the primary, run REPLICAOF NO ONE.",
            _ when error.StartsWith("NOREPLICAS", StringComparison.Ordinal) =>
                $"{redis} takes no writes without its replicas: {error}. Run CONFIG SET min-replicas-to-write 0: the " +
                "append-only file is what keeps the data.",
            _ when Permission(error) is { } cure => $"{redis} refused us: {error}. {cure}",
            _ when error.StartsWith("DENIED", StringComparison.Ordinal) =>
                $"{redis} is in protected mode: {error}. Give its 'default' user a password, and Redis:Password too.",
            _ => $"{redis} did not let us in: {error}. Look at its configuration and log.",
        });
    }

    /// <summary>The cure for a command that is not permitted; null when the error is another one.</summary>
    /// <param name="error">The words of NOPERM, of a script that was stopped, or of ACL DRYRUN.</param>
    public static string? Permission(string error)
    {
        ArgumentNullException.ThrowIfNull(error);
        if (Command().Match(error) is { Success: true } command)
        {
            var onKey = command.Groups["key"].Success ? $" ~{command.Groups["key"].Value}" : "";
            return $"Permit it: {RedisPermissions.SetUser} +{command.Groups["name"].Value.ToLowerInvariant()}{onKey}";
        }

        if (Key().Match(error) is { Success: true } key)
            return $"Permit it: {RedisPermissions.SetUser} ~{key.Groups["name"].Value}";
        if (!error.StartsWith("NOPERM", StringComparison.Ordinal) && !Script().IsMatch(error)) return null;
        return error.Contains("key", StringComparison.OrdinalIgnoreCase)
            ? "Permit it its keys, see deploy/redis-users.acl. ACL LOG says which one it was."
            : "Permit it what deploy/redis-users.acl permits. ACL LOG says which command it was.";
    }

    /// <summary>As said by 7.0 and 7.2, by ACL DRYRUN and by NOPERM alike; commit.lua names the key too.</summary>
    [GeneratedRegex(@"no permissions to run the '(?<name>[^']+)' command( on the '(?<key>[^']+)' key)?")]
    private static partial Regex Command();

    [GeneratedRegex(@"no permissions to access the '(?<name>[^']+)' key")]
    private static partial Regex Key();

    [GeneratedRegex(@"The user executing the script|ACL failure in script")]
    private static partial Regex Script();
}
