using Seq.Embedded.Kernels;

namespace Seq.Embedded.Decoding;

/// <summary>The mean of the last N posterior vectors of a stream.</summary>
/// <remarks>
/// A detector that compares it with a threshold and <see cref="Training.DetectorLoss"/> both use this class, so the figure that training
/// pushes up is the figure that the detector sees. One stream, one thread.
/// </remarks>
public sealed class PosteriorSmoother
{
    private readonly int _steps;
    private readonly int _outputs;
    private readonly float[] _recent; // ring of (steps, outputs)
    private int _oldest;

    /// <summary>Begins before the first step.</summary>
    /// <param name="steps">Steps that are averaged (N); at least 1.</param>
    /// <param name="outputs">Posteriors of a step (O); at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is below 1.</exception>
    public PosteriorSmoother(int steps, int outputs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        _steps = steps;
        _outputs = outputs;
        _recent = new float[checked(steps * outputs)];
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
        _oldest = _oldest + 1 == _steps ? 0 : _oldest + 1;
        smoothed.Clear();
        for (int step = 0, row = _oldest; step < _steps; step++, row = row + 1 == _steps ? 0 : row + 1)
        {
            ReadOnlySpan<float> values = _recent.AsSpan(row * _outputs, _outputs);
            for (int output = 0; output < values.Length; output++)
            {
                smoothed[output] += values[output];
            }
        }

        float scale = 1f / _steps;
        for (int output = 0; output < smoothed.Length; output++)
        {
            smoothed[output] *= scale;
        }
    }
}
