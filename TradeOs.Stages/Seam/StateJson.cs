using System.Text.Json.Serialization;

namespace TradeOs.Stages;

/// <summary>How states are written in checkpoints: compact JSON, absent where null; another shape is refused. Its shape
/// belongs to the reader's state version, and has nothing in it that can be computed: such properties are
/// internal.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(NoState))]
[JsonSerializable(typeof(SymbolStrategies))]
[JsonSerializable(typeof(TickState))]
[JsonSerializable(typeof(QualifierState))]
[JsonSerializable(typeof(ModifierState))]
[JsonSerializable(typeof(PlannerState))]
[JsonSerializable(typeof(OpenPlan))]
[JsonSerializable(typeof(FeasibilityState))]
[JsonSerializable(typeof(SymbolPosition))]
[JsonSerializable(typeof(ExecutionState))]
[JsonSerializable(typeof(Unbought))]
[JsonSerializable(typeof(Book))]
[JsonSerializable(typeof(MetricsState))]
[JsonSerializable(typeof(OpenPosition))]
internal sealed partial class StateJson : JsonSerializerContext;
