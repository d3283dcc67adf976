namespace Seq.Embedded.Training;

/// <summary>The constants of <see cref="AdamW"/>; the values here are those of PyTorch's AdamW.</summary>
/// <remarks>Doubles, because 1 - 0.999 loses half its digits in float. Create with <c>new</c>: <c>default</c> has an epsilon of zero.</remarks>
public readonly record struct AdamWSettings
{
    /// <summary>Creates the default settings.</summary>
    public AdamWSettings()
    {
    }

    /// <summary>Decay of the first moment per step, in [0, 1).</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the second moment per step, in [0, 1).</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the second moment; positive.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Decoupled weight decay: each step takes learningRate * WeightDecay of every parameter; not negative.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <exception cref="ArgumentOutOfRangeException">A value lies outside its range.</exception>
    internal void Check()
    {
        CheckRange(Beta1 is >= 0 and < 1, nameof(Beta1), Beta1, "from 0 to below 1");
        CheckRange(Beta2 is >= 0 and < 1, nameof(Beta2), Beta2, "from 0 to below 1");
        CheckRange((float)Epsilon > 0 && float.IsFinite((float)Epsilon), nameof(Epsilon), Epsilon, "positive and finite as a float");
        CheckRange(WeightDecay >= 0 && double.IsFinite(WeightDecay), nameof(WeightDecay), WeightDecay, "0 or more, and finite");
    }

    private static void CheckRange(bool valid, string name, double value, string allowed)
    {
        if (!valid)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be {allowed}.");
        }
    }
}
