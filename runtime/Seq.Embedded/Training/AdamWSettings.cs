namespace Seq.Embedded.Training;

/// <summary>The constants of <see cref="AdamW"/>; the values here are those of PyTorch's AdamW.</summary>
public sealed record AdamWSettings : AdaptiveMomentSettings
{
    /// <summary>Decoupled weight decay: each step takes learningRate * WeightDecay of every parameter; not negative.</summary>
    public double WeightDecay { get; init; } = 0.01;

    internal override string Describe() => Describe("AdamW", WeightDecay);

    internal override void Check()
    {
        base.Check();
        CheckDecay(WeightDecay);
    }

    internal override void Update(
        Span<float> parameters, ReadOnlySpan<float> gradients, Span<float> first, Span<float> second, int step, float learningRate, float gradientScale) =>
        AdamW.Update(parameters, gradients, first, second, this, step, learningRate, gradientScale);
}
