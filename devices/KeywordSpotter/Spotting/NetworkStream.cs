namespace KeywordSpotter.Spotting;

/// <summary>One stream through a network of either weight format. One thread; allocates nothing per step.</summary>
/// <param name="step">Step of the generated stream.</param>
/// <param name="reset">Its Reset.</param>
internal sealed class NetworkStream(NetworkStream.StepFunction step, Action reset)
{
    /// <summary>Computes one time step.</summary>
    /// <param name="features">(80).</param>
    /// <param name="posteriors">Receives one value per label.</param>
    internal delegate void StepFunction(ReadOnlySpan<float> features, Span<float> posteriors);

    /// <inheritdoc cref="StepFunction"/>
    public void Step(ReadOnlySpan<float> features, Span<float> posteriors) => step(features, posteriors);

    /// <summary>Starts anew.</summary>
    public void Reset() => reset();
}
