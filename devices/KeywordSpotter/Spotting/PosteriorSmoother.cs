namespace KeywordSpotter.Spotting;

/// <summary>
/// Mean of the last N posterior vectors. Listening, evaluation and the training loss all use this class, so the figure
/// that training pushes up is the figure that the detector compares with its threshold. Allocates nothing per step.
/// </summary>
internal sealed class PosteriorSmoother
{
    private readonly int _steps;
    private readonly int _outputs;
    private readonly float[] _recent; // ring of (steps, outputs)
    private int _oldest;

    public PosteriorSmoother(int steps, int outputs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        _steps = steps;
        _outputs = outputs;
        _recent = new float[steps * outputs];
    }

    /// <summary>Forgets everything: steps before the first count as zero posteriors.</summary>
    public void Reset()
    {
        Array.Clear(_recent);
        _oldest = 0;
    }

    /// <summary>Adds the posteriors of one step and writes the means, summed from the oldest step to the newest.</summary>
    public void Push(ReadOnlySpan<float> posteriors, Span<float> smoothed)
    {
        posteriors[.._outputs].CopyTo(_recent.AsSpan(_oldest * _outputs));
        _oldest = _oldest + 1 == _steps ? 0 : _oldest + 1;
        smoothed = smoothed[.._outputs];
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
