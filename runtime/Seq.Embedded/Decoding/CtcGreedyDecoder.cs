using Seq.Embedded.Kernels;

namespace Seq.Embedded.Decoding;

/// <summary>
/// Best path decoding of a CTC output: the most probable class of every time step; repeats are taken as one label, blanks are taken out.
/// The labelling of the highest probability may be another: see <see cref="CtcBeamDecoder"/>.
/// </summary>
/// <remarks>
/// Source: Graves et al., ICML 2006, section 3.2. Of equally probable classes the lowest is taken; a NaN posterior counts as 0.
/// One thread at a time may use a decoder.
/// </remarks>
public sealed class CtcGreedyDecoder
{
    /// <summary>What <see cref="Step"/> returns where no label begins.</summary>
    public const int NoLabel = -1;

    private int _last;

    /// <summary>A decoder of one stream.</summary>
    /// <param name="classes">Classes of the softmax, the blank among them (C).</param>
    /// <param name="blank">The class that stands for no label.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no class, or the blank is none.</exception>
    public CtcGreedyDecoder(int classes, int blank = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        Tokens.Check(blank, classes, nameof(blank));
        Classes = classes;
        Blank = blank;
        Reset();
    }

    /// <summary>Classes of the softmax, the blank among them.</summary>
    public int Classes { get; }

    /// <summary>The class that stands for no label.</summary>
    public int Blank { get; }

    /// <summary>ln P of the path since <see cref="Reset"/>; a posterior counts at least 1.17549435e-38.</summary>
    public double LogProbability { get; private set; }

    /// <summary>Begins a new sequence. Allocates nothing.</summary>
    public void Reset()
    {
        _last = Blank;
        LogProbability = 0;
    }

    /// <summary>Takes one time step. Allocates nothing.</summary>
    /// <param name="posteriors">p (C): the output of the softmax.</param>
    /// <returns>The label that begins at this time step, or <see cref="NoLabel"/>.</returns>
    /// <exception cref="ArgumentException">The posteriors are not C values.</exception>
    public int Step(ReadOnlySpan<float> posteriors)
    {
        Shapes.Check(posteriors.Length, Classes, nameof(posteriors));
        int best = 0;
        float highest = 0;
        for (int k = 0; k < posteriors.Length; k++)
        {
            if (posteriors[k] > highest)
            {
                highest = posteriors[k];
                best = k;
            }
        }

        int last = _last;
        _last = best;
        LogProbability += LogSpace.Log(highest);
        return best == Blank || best == last ? NoLabel : best;
    }

    /// <summary>Decodes a whole sequence, from a <see cref="Reset"/> on. Allocates nothing.</summary>
    /// <param name="posteriors">p (T, C).</param>
    /// <param name="labels">Receives the labels; T values are enough for all.</param>
    /// <returns>The number of labels.</returns>
    /// <exception cref="ArgumentException">The posteriors are no rows of C values, or there are more labels than the span has values.</exception>
    public int Run(ReadOnlySpan<float> posteriors, Span<int> labels)
    {
        int steps = Shapes.Rows(posteriors.Length, Classes, nameof(posteriors)), count = 0;
        Reset();
        for (int t = 0; t < steps; t++)
        {
            int label = Step(posteriors.Slice(t * Classes, Classes));
            if (label == NoLabel)
            {
                continue;
            }

            if (count == labels.Length)
            {
                throw new ArgumentException($"labels has {labels.Length} values and time step {t} begins another label; allowed: {steps} are enough.", nameof(labels));
            }

            labels[count++] = label;
        }

        return count;
    }
}
