namespace Seq.Embedded.Decoding;

/// <summary>How a <see cref="Sampler"/> draws tokens. The default draws from the model's own distribution.</summary>
public sealed record SamplerOptions
{
    /// <summary>T: below 1 probable tokens become more probable, above 1 less; 0 takes the most probable one. 0 or more, and finite.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>The most tokens to choose from (k), the most probable ones; 0 (the default): all.</summary>
    public int TopK { get; init; }

    /// <summary>The share of probability to choose from (p, the nucleus): the fewest most probable tokens that have it together. Above 0, up to 1 (the default): all.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>The same seed and the same probabilities give the same tokens.</summary>
    public ulong Seed { get; init; }

    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    internal void Check()
    {
        if (!(Temperature >= 0 && double.IsFinite(Temperature)))
        {
            throw new ArgumentOutOfRangeException(nameof(Temperature), Temperature, "The temperature must be 0 or more, and finite.");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(TopK);
        if (!(TopP is > 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(TopP), TopP, "The share must be above 0, up to 1.");
        }
    }
}
