using Seq.Embedded.Kernels;

namespace Seq.Embedded.Decoding;

/// <summary>The mean of the last N posterior vectors of a stream, N being one number or one for each posterior.</summary>
/// <remarks>
/// A detector that compares it with a threshold and <see cref="Training.DetectorLoss"/> both use this class, so the figure that training
/// pushes up is the figure that the detector sees. One stream, one thread.
/// </remarks>
public sealed class PosteriorSmoother
{
    private readonly int[] _steps; // (outputs)
    private readonly float[] _scales; // (outputs): 1 / steps
    private readonly int _longest; // of the steps
    private readonly int _outputs;
    private readonly float[] _recent; // ring of (longest, outputs)
    private int _oldest;

    /// <summary>Begins before the first step.</summary>
    /// <param name="steps">Steps that are averaged (N); at least 1.</param>
    /// <param name="outputs">Posteriors of a step (O); at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is below 1.</exception>
    public PosteriorSmoother(int steps, int outputs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        _outputs = outputs;
        _longest = steps;
        _steps = new int[outputs];
        _scales = new float[outputs];
        Array.Fill(_steps, steps);
        Array.Fill(_scales, 1f / steps);
        _recent = new float[checked(steps * outputs)];
    }

    /// <summary>Begins before the first step, with an average of its own length for each posterior.</summary>
    /// <param name="steps">Steps that are averaged (N), one number for each posterior of a step (O); at least 1 of them, each at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value, or their number, is below 1.</exception>
    public PosteriorSmoother(ReadOnlySpan<int> steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps.Length, 1, nameof(steps));
        _outputs = steps.Length;
        _steps = steps.ToArray();
        _scales = new float[_outputs];
        for (int output = 0; output < _outputs; output++)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(steps[output], 1, nameof(steps));
            _scales[output] = 1f / steps[output];
            _longest = Math.Max(_longest, steps[output]);
        }

        _recent = new float[checked(_longest * _outputs)];
    }

    /// <summary>Forgets everything: steps before the first count as zero posteriors. Allocates nothing.</summary>
    public void Reset()
    {
        Array.Clear(_recent);
        _oldest = 0;
    }

    /// <summary>Adds the posteriors of one step and writes the means, summed from the oldest step to the newest. Allocates nothing.</summary>
    /// <param name="posteriors">The posteriors (O).</param>
    /// <param name="smoothed">Receives the means (O); may be the same memory.</param>
    /// <exception cref="ArgumentException">A length is another.</exception>
    public void Push(ReadOnlySpan<float> posteriors, Span<float> smoothed)
    {
        Shapes.Check(posteriors.Length, _outputs, nameof(posteriors));
        Shapes.Check(smoothed.Length, _outputs, nameof(smoothed));
        posteriors.CopyTo(_recent.AsSpan(_oldest * _outputs));
        _oldest = _oldest + 1 == _longest ? 0 : _oldest + 1;
        smoothed.Clear();
        for (int age = _longest, row = _oldest; age > 0; age--, row = row + 1 == _longest ? 0 : row + 1)
        {
            ReadOnlySpan<float> values = _recent.AsSpan(row * _outputs, _outputs);
            for (int output = 0; output < values.Length; output++)
            {
                smoothed[output] += age <= _steps[output] ? values[output] : 0;
            }
        }

        for (int output = 0; output < smoothed.Length; output++)
        {
            smoothed[output] *= _scales[output];
        }
    }
}
