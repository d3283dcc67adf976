using Seq.Embedded.Decoding;
using Seq.Embedded.Kernels;

namespace Seq.Embedded.Training;

/// <summary>
/// The loss of a word detector over a whole sequence, for words whose times are not known: what it pushes up and down is what a detector
/// looks at, the peak of the smoothed posterior of a word.
/// </summary>
/// <remarks>
/// With p the posteriors averaged over N time steps (<see cref="PosteriorSmoother"/>), t the steps after the warm-up, output 0 the
/// background and the other outputs a word each:
/// <code>
/// word k is spoken:   loss = -ln max_t p_k(t) - ln(1 - max over t and other words j of p_j(t))
/// no word is spoken:  loss = -w ln(1 - max over t and words j of p_j(t)) - b mean_t ln p_0(t)
/// </code>
/// where w is the negative weight and b the background weight. Arguments of logarithms are 1e-6 at least. A maximum passes its gradient to
/// the step where it is, and through the average to the N steps before it. One thread at a time may use an object.
/// </remarks>
public sealed class DetectorLoss
{
    private const double Smallest = 1e-6; // of a probability inside a logarithm

    private readonly int _smoothing;
    private readonly int _warmUp;
    private readonly double _negativeWeight;
    private readonly double _backgroundWeight;
    private readonly PosteriorSmoother _smoother;
    private readonly float[] _smoothed;
    private readonly Peak[] _peaks; // of each word in the sequence; index 0 is not used

    /// <summary>Creates the loss with memory of its own.</summary>
    /// <param name="outputs">Posteriors of a time step (O), the background and one word at least.</param>
    /// <param name="smoothingSteps">Time steps over which the detector averages (N); at least 1.</param>
    /// <param name="warmUpSteps">Time steps at the start that the detector ignores; 0 or more. Steps with fewer than N before and with them are ignored in any case.</param>
    /// <param name="negativeWeight">w, of a sequence without a word; 0 or more, and finite.</param>
    /// <param name="backgroundWeight">b, of the background's posterior at all its steps; 0 or more, and finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value lies outside its range.</exception>
    public DetectorLoss(int outputs, int smoothingSteps, int warmUpSteps = 0, double negativeWeight = 1, double backgroundWeight = 0.3)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(smoothingSteps, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(warmUpSteps);
        CheckWeight(negativeWeight, nameof(negativeWeight));
        CheckWeight(backgroundWeight, nameof(backgroundWeight));
        Outputs = outputs;
        _smoothing = smoothingSteps;
        _warmUp = Math.Max(warmUpSteps, smoothingSteps - 1);
        _negativeWeight = negativeWeight;
        _backgroundWeight = backgroundWeight;
        _smoother = new PosteriorSmoother(smoothingSteps, outputs);
        _smoothed = new float[outputs];
        _peaks = new Peak[outputs];
    }

    /// <summary>Posteriors of a time step (O).</summary>
    public int Outputs { get; }

    /// <summary>Loss and gradient of one sequence.</summary>
    /// <remarks>Where no posterior of a word is a number the loss is NaN. Allocates nothing.</remarks>
    /// <param name="posteriors">The posteriors (T, O), for example the outputs of a softmax.</param>
    /// <param name="label">Output of the word that is spoken, or 0 for none.</param>
    /// <param name="scale">Factor of loss and gradient, for example 1 / (sequences of the batch).</param>
    /// <param name="gradient">Receives the gradient with respect to the posteriors (T, O), replacing what it held.</param>
    /// <returns>The loss in nats, times the scale; 0, with a gradient of zero, for a sequence that is not longer than the warm-up.</returns>
    /// <exception cref="ArgumentException">The posteriors are not whole rows, or the gradient is of another length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The label is no output.</exception>
    public double Compute(ReadOnlySpan<float> posteriors, int label, double scale, Span<float> gradient)
    {
        int steps = Shapes.Rows(posteriors.Length, Outputs, nameof(posteriors));
        Shapes.Check(gradient.Length, posteriors.Length, nameof(gradient));
        if (unchecked((uint)label) >= (uint)Outputs)
        {
            throw new ArgumentOutOfRangeException(nameof(label), label, $"The label must be 0 to {Outputs - 1}, 0 for no word.");
        }

        gradient.Clear();
        int counted = steps - _warmUp;
        Array.Fill(_peaks, new Peak(-1, -1));
        _smoother.Reset();
        double background = 0;
        for (int step = 0; step < steps; step++)
        {
            _smoother.Push(posteriors.Slice(step * Outputs, Outputs), _smoothed);
            if (step < _warmUp)
            {
                continue;
            }

            for (int output = 1; output < Outputs; output++)
            {
                if (_smoothed[output] > _peaks[output].Value)
                {
                    _peaks[output] = new Peak(_smoothed[output], step);
                }
            }

            if (label == 0)
            {
                double quiet = Math.Max(_smoothed[0], Smallest);
                double weight = _backgroundWeight / counted;
                background -= weight * Math.Log(quiet);
                Spread(gradient, step, 0, -weight * scale / quiet);
            }
        }

        if (counted <= 0)
        {
            return 0;
        }

        double loss = label == 0
            ? background + Suppress(Loudest(except: 0), _negativeWeight, scale, gradient)
            : Demand(label, scale, gradient) + Suppress(Loudest(except: label), 1, scale, gradient);
        return loss * scale;
    }

    /// <summary>-log p at the peak of the word that was spoken.</summary>
    private double Demand(int output, double scale, Span<float> gradient)
    {
        if (_peaks[output].Step < 0)
        {
            return double.NaN; // no posterior was a number
        }

        double probability = Math.Max(_peaks[output].Value, Smallest);
        Spread(gradient, _peaks[output].Step, output, -scale / probability);
        return -Math.Log(probability);
    }

    /// <summary>-weight log(1 - p) at the peak of a word that was not spoken; 0 when there is none.</summary>
    private double Suppress(int output, double weight, double scale, Span<float> gradient)
    {
        if (output == 0 || _peaks[output].Step < 0)
        {
            return 0;
        }

        double rest = Math.Max(1 - _peaks[output].Value, Smallest);
        Spread(gradient, _peaks[output].Step, output, weight * scale / rest);
        return -weight * Math.Log(rest);
    }

    private int Loudest(int except)
    {
        int loudest = 0;
        for (int output = 1; output < Outputs; output++)
        {
            if (output != except && (loudest == 0 || _peaks[output].Value > _peaks[loudest].Value))
            {
                loudest = output;
            }
        }

        return loudest;
    }

    /// <summary>The gradient of a mean over steps is an equal part of it at each of them.</summary>
    private void Spread(Span<float> gradient, int step, int output, double value)
    {
        float part = (float)(value / _smoothing);
        for (int back = 0; back < _smoothing; back++)
        {
            gradient[((step - back) * Outputs) + output] += part;
        }
    }

    private static void CheckWeight(double value, string name)
    {
        if (!(value >= 0 && double.IsFinite(value)))
        {
            throw new ArgumentOutOfRangeException(name, value, "The weight must be 0 or more, and finite.");
        }
    }

    private readonly record struct Peak(float Value, int Step);
}
