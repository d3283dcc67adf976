namespace Seq.Embedded.Training;

/// <summary>Which optimiser a trainer uses, and its constants: <see cref="SgdSettings"/>, <see cref="AdamSettings"/> or <see cref="AdamWSettings"/>. Immutable.</summary>
/// <remarks>Doubles, because 1 - 0.999 loses half its digits in float. The learning rate is an argument of each update.</remarks>
public abstract record OptimizerSettings
{
    private protected OptimizerSettings()
    {
    }

    /// <summary>Values that the optimiser keeps for each weight from one step to the next: 0, 1 or 2.</summary>
    internal abstract int Moments { get; }

    /// <summary>Name and constants in one line, the same in every culture: checkpoints have it.</summary>
    internal abstract string Describe();

    /// <exception cref="ArgumentException">A value lies outside its range, or two do not go together.</exception>
    internal abstract void Check();

    /// <summary>One step. Allocates nothing.</summary>
    /// <param name="parameters">The weights, updated in place.</param>
    /// <param name="gradients">Their gradients, same length.</param>
    /// <param name="first">The first moment, same length; empty where <see cref="Moments"/> is 0.</param>
    /// <param name="second">The second moment, same length; empty where <see cref="Moments"/> is below 2.</param>
    /// <param name="step">Number of this step, from 1.</param>
    /// <param name="learningRate">0 or more, and finite.</param>
    /// <param name="gradientScale">Factor of the gradients.</param>
    internal abstract void Update(
        Span<float> parameters, ReadOnlySpan<float> gradients, Span<float> first, Span<float> second, int step, float learningRate, float gradientScale);

    /// <exception cref="ArgumentOutOfRangeException">The rate is negative or not finite.</exception>
    internal static void CheckLearningRate(float learningRate)
    {
        if (!(learningRate >= 0 && float.IsFinite(learningRate)))
        {
            throw new ArgumentOutOfRangeException(nameof(learningRate), learningRate, "The learning rate must be 0 or more, and finite.");
        }
    }

    private protected static void CheckRange(bool valid, string name, double value, string allowed)
    {
        if (!valid)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be {allowed}.");
        }
    }

    private protected static void CheckDecay(double decay) =>
        CheckRange(decay >= 0 && float.IsFinite((float)decay), "WeightDecay", decay, "0 or more, and finite");
}
