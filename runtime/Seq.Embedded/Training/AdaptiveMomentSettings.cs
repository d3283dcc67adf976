using System.Globalization;

namespace Seq.Embedded.Training;

/// <summary>What <see cref="AdamSettings"/> and <see cref="AdamWSettings"/> share; the values here are those of PyTorch.</summary>
public abstract record AdaptiveMomentSettings : OptimizerSettings
{
    private protected AdaptiveMomentSettings()
    {
    }

    /// <summary>Decay of the first moment per step, in [0, 1).</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the second moment per step, in [0, 1).</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the second moment; positive.</summary>
    public double Epsilon { get; init; } = 1e-8;

    internal sealed override int Moments => 2;

    private protected string Describe(string name, double weightDecay) =>
        string.Create(CultureInfo.InvariantCulture, $"{name}, Beta1 = {Beta1}, Beta2 = {Beta2}, Epsilon = {Epsilon}, WeightDecay = {weightDecay}");

    internal override void Check()
    {
        CheckRange(Beta1 is >= 0 and < 1, nameof(Beta1), Beta1, "from 0 to below 1");
        CheckRange(Beta2 is >= 0 and < 1, nameof(Beta2), Beta2, "from 0 to below 1");
        CheckRange((float)Epsilon > 0 && float.IsFinite((float)Epsilon), nameof(Epsilon), Epsilon, "positive and finite as a float");
    }
}
