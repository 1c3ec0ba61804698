using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TradeOs.Bus;

/// <summary>Whom we trust at the other end of TLS, and as whom we come; the same for both planes.</summary>
internal sealed class RedisTls
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private readonly RedisOptions _options;
    private readonly X509Certificate2Collection _authorities;

    /// <summary>Reads the files the options name, anew for each connection: they may have been renewed.</summary>
    /// <exception cref="RefusedException">One of them cannot be read or is not what it should be.</exception>
    public RedisTls(RedisOptions options)
    {
        _options = options;
        _authorities = options.TlsCaFile.Length == 0 ? [] : Read(
            nameof(options.TlsCaFile), options.TlsCaFile, "a CA in PEM (-----BEGIN CERTIFICATE-----)",
            () => Authorities(options.TlsCaFile));
        if (options.TlsCertificateFile.Length == 0) return;
        Read(nameof(options.TlsKeyFile), options.TlsKeyFile, "a key", () => File.ReadAllText(options.TlsKeyFile));
        Certificate = Read(
            nameof(options.TlsCertificateFile), options.TlsCertificateFile,
            $"a certificate in PEM whose unencrypted key is in {options.TlsKeyFile}",
            () => Pair(options.TlsCertificateFile, options.TlsKeyFile));
    }

    /// <summary>TLS versions used; older ones are broken.</summary>
    public static SslProtocols Protocols => SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>The certificate we show; null for none.</summary>
    public X509Certificate2? Certificate { get; }

    /// <summary>Why the server was not trusted; null while it was.</summary>
    public string? Distrust { get; private set; }

    /// <summary>What an SslStream, ours or a library's, is told about the server's certificate.</summary>
    public bool IsTrusted(object sender, X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors)
    {
        Distrust = certificate is X509Certificate2 server
            ? Judge(server, presented)
            : "it showed no certificate, expected one. Give redis-server tls-cert-file and tls-key-file.";
        return Distrust is null;
    }

    private string? Judge(X509Certificate2 server, X509Chain? presented)
    {
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        if (presented is not null)
        {
            policy.ExtraStore.AddRange(presented.ChainPolicy.ExtraStore);
            foreach (var element in presented.ChainElements) policy.ExtraStore.Add(element.Certificate);
        }

        if (_authorities.Count > 0)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(_authorities);
        }

        if (!chain.Build(server)) return Fault(server, chain);
        var host = _options.Address.Host;
        return server.MatchesHostname(host, allowWildcards: true, allowCommonName: false)
            ? null
            : $"its certificate is for {NamesOf(server)}, expected {host}. Write one of its names in Redis:Endpoint, " +
                $"or give the server a certificate with the subject alternative name {host}.";
    }

    private string Fault(X509Certificate2 server, X509Chain chain)
    {
        var faults = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
        if ((faults & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0)
        {
            var store = _options.TlsCaFile.Length > 0 ? $"Redis:TlsCaFile {_options.TlsCaFile}" : "this machine";
            var signer = server.Issuer == server.Subject ? "is self-signed" : $"is signed by {server.Issuer}";
            return $"its certificate {server.Subject} {signer}, expected one signed by a CA that {store} holds. Set " +
                "Redis:TlsCaFile to the PEM file of the CA that signed it.";
        }

        if ((faults & X509ChainStatusFlags.NotTimeValid) != 0)
        {
            var expired = chain.ChainElements.Select(element => element.Certificate).First(certificate =>
                certificate.NotAfter < DateTime.Now || certificate.NotBefore > DateTime.Now);
            return string.Create(
                CultureInfo.InvariantCulture,
                $"the certificate {expired.Subject} is valid from {expired.NotBefore.ToUniversalTime():u} to " +
                $"{expired.NotAfter.ToUniversalTime():u}, expected one valid now. Renew it, or set our clock.");
        }

        var words = chain.ChainStatus.Select(status => $"{status.Status}: {status.StatusInformation.Trim()}");
        return $"its certificate {server.Subject} was found wrong ({string.Join("; ", words)}), expected one for " +
            "servers signed by a trusted CA. Give the server such a certificate.";
    }

    private static string NamesOf(X509Certificate2 server)
    {
        var names = server.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(extension =>
            extension.EnumerateDnsNames().Concat(extension.EnumerateIPAddresses().Select(one => one.ToString())));
        return string.Join(", ", names) is { Length: > 0 } list ? list : "no host at all (no subject alternative name)";
    }

    private static T Read<T>(string option, string path, string expected, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception failure) when (
            failure is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new RefusedException(
                $"Redis:{option} is \"{path}\", expected a file that holds {expected}: " +
                $"{failure.Message.TrimEnd('.')}. Set it to the right file and see that this user may read it.");
        }
    }

    private static X509Certificate2Collection Authorities(string path)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(path);
        return authorities.Count > 0 ? authorities : throw new CryptographicException("it holds no certificate");
    }

    /// <summary>By way of PKCS#12 on Windows, which cannot use a key that lives in memory alone for TLS.</summary>
    private static X509Certificate2 Pair(string certificate, string key)
    {
        var pair = X509Certificate2.CreateFromPemFile(certificate, key);
        if (!OperatingSystem.IsWindows()) return pair;
        using (pair) return X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), null);
    }
}
