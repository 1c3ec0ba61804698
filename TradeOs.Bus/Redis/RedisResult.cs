using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace TradeOs.Bus;

/// <summary>What a command was answered with; cast it to what is expected.</summary>
/// <remarks>
/// A type of our own, because StackExchange.Redis 1.2.6 cannot reach a unix socket and lets nobody else make its
/// results. A cast to a type the answer is not of is an <see cref="InvalidCastException"/>.
/// </remarks>
public abstract class RedisResult
{
    /// <summary>Whether it is nil.</summary>
    public abstract bool IsNull { get; }

    /// <summary>The bytes of a value; null for nil.</summary>
    [return: NotNullIfNotNull(nameof(result))]
    public static explicit operator byte[]?(RedisResult? result) => result?.Bytes;

    /// <summary>The text of a value, a status or a number; null for nil.</summary>
    [return: NotNullIfNotNull(nameof(result))]
    public static explicit operator string?(RedisResult? result) => result?.Text;

    /// <summary>A number, or a text that is one.</summary>
    public static explicit operator long(RedisResult result) =>
        long.TryParse(result.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new InvalidCastException($"The answer is \"{result.Text}\", expected a number.");

    /// <summary>The elements of an array; null for nil.</summary>
    [return: NotNullIfNotNull(nameof(result))]
    public static explicit operator RedisResult[]?(RedisResult? result) => result?.Items;

    /// <summary>The texts of the elements of an array; null for nil.</summary>
    [return: NotNullIfNotNull(nameof(result))]
    public static explicit operator string[]?(RedisResult? result) =>
        result?.Items?.Select(item => item.Text!).ToArray();

    /// <summary>The text for people.</summary>
    public override string ToString() => Text ?? "(nil)";

    private protected abstract byte[]? Bytes { get; }

    private protected abstract string? Text { get; }

    private protected abstract RedisResult[]? Items { get; }
}
