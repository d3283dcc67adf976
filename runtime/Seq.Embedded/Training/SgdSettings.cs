using System.Globalization;

namespace Seq.Embedded.Training;

/// <summary>The constants of <see cref="Sgd"/>; the values here are those of PyTorch's SGD: plain gradient descent.</summary>
public sealed record SgdSettings : OptimizerSettings
{
    /// <summary>Share of the last step's direction that goes on, in [0, 1). 0: no momentum, and no memory for it.</summary>
    public double Momentum { get; init; }

    /// <summary>Share of the gradient that the momentum leaves out, 0 to 1.</summary>
    public double Dampening { get; init; }

    /// <summary>True: Nesterov's momentum, which looks one step ahead; needs a momentum and no dampening.</summary>
    public bool Nesterov { get; init; }

    /// <summary>L2 penalty: each step adds WeightDecay * parameter to the gradient; not negative.</summary>
    public double WeightDecay { get; init; }

    internal override int Moments => Momentum > 0 ? 1 : 0;

    internal override string Describe() =>
        string.Create(CultureInfo.InvariantCulture, $"SGD, Momentum = {Momentum}, Dampening = {Dampening}, Nesterov = {Nesterov}, WeightDecay = {WeightDecay}");

    internal override void Check()
    {
        CheckRange(Momentum is >= 0 and < 1, nameof(Momentum), Momentum, "from 0 to below 1");
        CheckRange(Dampening is >= 0 and <= 1, nameof(Dampening), Dampening, "from 0 to 1");
        CheckDecay(WeightDecay);
        if (Nesterov && !(Momentum > 0 && Dampening == 0))
        {
            throw new ArgumentException($"{nameof(Nesterov)} has momentum {Momentum} and dampening {Dampening}; allowed: a momentum above 0 and no dampening.", nameof(Nesterov));
        }
    }

    internal override void Update(
        Span<float> parameters, ReadOnlySpan<float> gradients, Span<float> first, Span<float> second, int step, float learningRate, float gradientScale) =>
        Sgd.Update(parameters, gradients, first, this, step, learningRate, gradientScale);
}
