using Microsoft.Extensions.Options;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>Checks <see cref="RedisOptions"/>.</summary>
[OptionsValidator]
public sealed partial class RedisOptionsValidator : IValidateOptions<RedisOptions>;
