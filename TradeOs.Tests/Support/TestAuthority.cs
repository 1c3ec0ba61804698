using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TradeOs.Tests;

/// <summary>A certificate authority of one test, and the PEM files it signs.</summary>
public sealed class TestAuthority : IDisposable
{
    private readonly string _directory;
    private readonly X509Certificate2 _certificate;

    /// <summary>Makes the authority; its certificate is <c>NAME.crt</c>.</summary>
    public TestAuthority(string directory, string name = "ca")
    {
        _directory = directory;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=TradeOs test {name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-10), DateTimeOffset.UtcNow.AddDays(10));
        FilePath = Path.Combine(directory, $"{name}.crt");
        File.WriteAllText(FilePath, _certificate.ExportCertificatePem());
    }

    /// <summary>Its certificate.</summary>
    public string FilePath { get; }

    /// <summary>Signs a certificate for localhost and 127.0.0.1, or for another host alone.</summary>
    /// <param name="name">Name of its files without their endings.</param>
    /// <param name="host">The only host it is for; null for this machine.</param>
    /// <param name="days">Until when it is valid, from now; negative for an expired one.</param>
    public PemPair Sign(string name, string? host = null, int days = 5)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Request(name, host, key);
        using var certificate = request.Create(
            _certificate, DateTimeOffset.UtcNow.AddDays(-9), DateTimeOffset.UtcNow.AddDays(days),
            RandomNumberGenerator.GetBytes(8));
        return Write(name, certificate, key);
    }

    /// <summary>A certificate nobody signed but itself.</summary>
    public PemPair SelfSigned(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Request(name, null, key)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(5));
        return Write(name, certificate, key);
    }

    /// <inheritdoc/>
    public void Dispose() => _certificate.Dispose();

    private static CertificateRequest Request(string name, string? host, ECDsa key)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host ?? "localhost");
        if (host is null) names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request;
    }

    private PemPair Write(string name, X509Certificate2 certificate, ECDsa key)
    {
        var pair = new PemPair(Path.Combine(_directory, $"{name}.crt"), Path.Combine(_directory, $"{name}.key"));
        File.WriteAllText(pair.Certificate, certificate.ExportCertificatePem());
        File.WriteAllText(pair.Key, key.ExportPkcs8PrivateKeyPem());
        return pair;
    }
}

/// <summary>Paths of a certificate and its key, in PEM.</summary>
public sealed record PemPair(string Certificate, string Key);
