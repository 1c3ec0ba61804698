using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Doctor;

/// <summary>Under deploy/redis-users.acl doctor sees everything, whichever way it comes in.</summary>
[TestFixture]
public sealed class RestrictedFindingTests : DoctorFixture
{
    private readonly RestrictedServer _restricted = new();
    private readonly TemporaryDirectory _data = new();
    private RedisServerProcess _server = null!;

    [OneTimeSetUp]
    public async Task StartServerAsync() => _server = await _restricted.StartAsync();

    [OneTimeTearDown]
    public async Task StopServerAsync()
    {
        await _server.DisposeAsync();
        _restricted.Dispose();
        _data.Dispose();
    }

    [TestCase(RedisTransport.Tls)]
    [TestCase(RedisTransport.Unix)]
    public async Task Examine_WithTheShippedPermissions_FindsNothingAndSkipsNothingInSight(RedisTransport transport)
    {
        var examination = await ExamineAsync(transport);

        Assert.That(Codes(examination), Is.Empty, string.Join('\n', examination.Findings));
        Assert.That(examination.Skipped.Select(skip => skip.Check), Is.EqualTo(Checks.All.Except(InSight(_server))));
    }

    [Test]
    public async Task Examine_OneShippedPermissionTaken_NamesItAndTheAdminGivesItBack()
    {
        await _restricted.AdminAsync("ACL", "SETUSER", "default", "-xinfo|consumers");

        var found = Only(await ExamineAsync(RedisTransport.Unix), "permission");
        await CureAsync(_server, found, $"--user admin --pass '{RestrictedServer.OtherPassword}'");

        Assert.That(found.Expected, Is.EqualTo("+xinfo|consumers permitted"));
        Assert.That(Codes(await ExamineAsync(RedisTransport.Unix)), Is.Empty);
    }

    private Task<Examination> ExamineAsync(RedisTransport transport)
    {
        var options = transport switch
        {
            RedisTransport.Tls => _restricted.TlsOptions,
            _ => _restricted.UnixOptions,
        };
        return ExamineAsync(
            _server, _data.Path, ("Redis:Endpoint", options.Endpoint), ("Redis:Password", options.Password),
            ("Redis:TlsCaFile", options.TlsCaFile), ("Redis:TlsCertificateFile", options.TlsCertificateFile),
            ("Redis:TlsKeyFile", options.TlsKeyFile));
    }
}
