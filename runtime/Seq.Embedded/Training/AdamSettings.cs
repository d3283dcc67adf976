namespace Seq.Embedded.Training;

/// <summary>The constants of <see cref="Adam"/>; the values here are those of PyTorch's Adam.</summary>
public sealed record AdamSettings : AdaptiveMomentSettings
{
    /// <summary>L2 penalty: each step adds WeightDecay * parameter to the gradient; not negative. For decoupled decay take <see cref="AdamWSettings"/>.</summary>
    public double WeightDecay { get; init; }

    internal override string Describe() => Describe("Adam", WeightDecay);

    internal override void Check()
    {
        base.Check();
        CheckDecay(WeightDecay);
    }

    internal override void Update(
        Span<float> parameters, ReadOnlySpan<float> gradients, Span<float> first, Span<float> second, int step, float learningRate, float gradientScale) =>
        Adam.Update(parameters, gradients, first, second, this, step, learningRate, gradientScale);
}
