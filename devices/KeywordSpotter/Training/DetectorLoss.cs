using KeywordSpotter.Spotting;

namespace KeywordSpotter.Training;

/// <summary>
/// The loss of a whole example in terms of what the detector looks at: posteriors p averaged over N steps, after the warm-up.
/// Keyword k spoken:   -log max_t p_k(t) - log(1 - max over t and other keywords of p).
/// No keyword spoken:  -w log(1 - max over t and keywords of p) - 0.3 mean_t log p_background(t).
/// </summary>
internal sealed class DetectorLoss
{
    private const double BackgroundWeight = 0.3;
    private const double Smallest = 1e-6; // of a probability inside a logarithm

    private readonly int _outputs;
    private readonly int _smoothing;
    private readonly int _warmUp;
    private readonly double _negativeWeight;
    private readonly PosteriorSmoother _smoother;
    private readonly float[] _smoothed;
    private readonly Peak[] _peaks; // of each keyword in the example; index 0 is not used

    public DetectorLoss(DetectorSettings settings, int outputs, double negativeWeight)
    {
        _outputs = outputs;
        _smoothing = settings.SmoothingSteps;
        _warmUp = Math.Max(settings.WarmUpSteps, settings.SmoothingSteps - 1);
        _negativeWeight = negativeWeight;
        _smoother = new PosteriorSmoother(settings.SmoothingSteps, outputs);
        _smoothed = new float[outputs];
        _peaks = new Peak[outputs];
    }

    /// <summary>Computes the loss and writes dLoss/dPosteriors.</summary>
    /// <param name="posteriors">(T, outputs).</param>
    /// <param name="label">Output of the keyword that is spoken, or 0 for none.</param>
    /// <param name="scale">Factor on loss and gradient, such as 1 / examples in the batch.</param>
    /// <param name="gradient">(T, outputs), added to.</param>
    /// <returns>The loss; 0 with no gradient when the example is not longer than the warm-up.</returns>
    public double Compute(ReadOnlySpan<float> posteriors, int label, double scale, Span<float> gradient)
    {
        int steps = posteriors.Length / _outputs;
        int counted = steps - _warmUp;
        Array.Fill(_peaks, new Peak(-1, -1));
        _smoother.Reset();
        double background = 0;
        for (int step = 0; step < steps; step++)
        {
            _smoother.Push(posteriors.Slice(step * _outputs, _outputs), _smoothed);
            if (step < _warmUp)
            {
                continue;
            }

            for (int output = 1; output < _outputs; output++)
            {
                if (_smoothed[output] > _peaks[output].Value)
                {
                    _peaks[output] = new Peak(_smoothed[output], step);
                }
            }

            if (label == 0)
            {
                double quiet = Math.Max(_smoothed[0], Smallest);
                double weight = BackgroundWeight / counted;
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

    /// <summary>-log p at the peak of the keyword that was spoken.</summary>
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

    /// <summary>-weight log(1 - p) at the peak of a keyword that was not spoken; 0 when there is none.</summary>
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
        for (int output = 1; output < _outputs; output++)
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
            gradient[((step - back) * _outputs) + output] += part;
        }
    }

    private readonly record struct Peak(float Value, int Step);
}
