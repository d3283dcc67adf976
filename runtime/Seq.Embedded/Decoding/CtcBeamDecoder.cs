using Seq.Embedded.Kernels;

namespace Seq.Embedded.Decoding;

/// <summary>
/// Prefix beam search of a CTC output: the most probable labellings, each the sum of all its paths, as far as the beam holds them.
/// </summary>
/// <remarks>
/// Source: Hannun, Maas, Jurafsky, Ng, "First-Pass Large Vocabulary Continuous Speech Recognition using Bi-Directional Recurrent DNNs", 2014
/// (without a language model). For every prefix of labels the beam keeps the probability of its paths that end in a blank and of those
/// that end in its last label. A beam that is never full gives exact probabilities; a narrower one gives lower bounds.
/// Of equally probable prefixes those that stay as they are come before longer ones, and lower labels before higher ones.
/// A posterior counts at least 1.17549435e-38, as in <see cref="Training.CtcLoss"/>; NaN counts as that. A time step takes time in
/// proportion to W (W + C + L). One thread at a time may use a decoder.
/// </remarks>
public sealed class CtcBeamDecoder
{
    private readonly double[] _log;
    private readonly int[] _extended;
    private readonly double[] _stayBlank;
    private readonly double[] _stayLabel;
    private readonly Ranking _ranking;
    private PrefixBeam _now;
    private PrefixBeam _next;

    /// <summary>Takes all memory: 8 W L + 128 W + 12 C bytes.</summary>
    /// <param name="classes">Classes of the softmax, the blank among them (C).</param>
    /// <param name="maxLabels">The most labels of a prefix (L); those of as many do not grow any more.</param>
    /// <param name="width">Prefixes that the beam holds (W).</param>
    /// <param name="blank">The class that stands for no label.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, the blank is no class, or W L is more than an array can hold.</exception>
    public CtcBeamDecoder(int classes, int maxLabels, int width = 16, int blank = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLabels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)width * maxLabels, Array.MaxLength, nameof(width));
        Tokens.Check(blank, classes, nameof(blank));
        Classes = classes;
        MaxLabels = maxLabels;
        Width = width;
        Blank = blank;
        _log = new double[classes];
        _extended = new int[classes];
        _stayBlank = new double[width];
        _stayLabel = new double[width];
        _ranking = new Ranking(width);
        _now = new PrefixBeam(width, maxLabels);
        _next = new PrefixBeam(width, maxLabels);
        Reset();
    }

    /// <summary>Classes of the softmax, the blank among them.</summary>
    public int Classes { get; }

    /// <summary>The most labels of a prefix.</summary>
    public int MaxLabels { get; }

    /// <summary>Prefixes that the beam holds.</summary>
    public int Width { get; }

    /// <summary>The class that stands for no label.</summary>
    public int Blank { get; }

    /// <summary>Number of labellings found: 1 to <see cref="Width"/>; after <see cref="Reset"/> the empty one.</summary>
    public int Count => _now.Count;

    /// <summary>The labels of a labelling, until the next call that changes the decoder. Allocates nothing.</summary>
    /// <param name="rank">0 for the most probable one.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rank is not 0 to <see cref="Count"/> - 1.</exception>
    public ReadOnlySpan<int> GetLabels(int rank) => _now.Labels(CheckRank(rank));

    /// <summary>ln P of a labelling, given the time steps since <see cref="Reset"/>.</summary>
    /// <param name="rank">0 for the most probable one.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rank is not 0 to <see cref="Count"/> - 1.</exception>
    public double GetLogProbability(int rank) => _now.Total(CheckRank(rank));

    /// <summary>Begins a new sequence. Allocates nothing.</summary>
    public void Reset()
    {
        _now.Clear();
        _now.AddEmpty();
    }

    /// <summary>Takes one time step. Allocates nothing.</summary>
    /// <param name="posteriors">p (C): the output of the softmax.</param>
    /// <exception cref="ArgumentException">The posteriors are not C values.</exception>
    public void Step(ReadOnlySpan<float> posteriors)
    {
        Shapes.Check(posteriors.Length, Classes, nameof(posteriors));
        for (int k = 0; k < posteriors.Length; k++)
        {
            _log[k] = LogSpace.Log(float.IsNaN(posteriors[k]) ? 0 : posteriors[k]);
        }

        Stay();
        _ranking.Clear();
        for (int i = 0; i < _now.Count; i++)
        {
            _ranking.Offer(LogSpace.Add(_stayBlank[i], _stayLabel[i]), i);
        }

        for (int i = 0; i < _now.Count; i++)
        {
            Extend(i);
        }

        _next.Clear();
        for (int rank = 0; rank < _ranking.Count; rank++)
        {
            int source = _ranking.Source(rank), label = _ranking.Token(rank);
            if (label < 0)
            {
                _next.AddSame(_now, source, _stayBlank[source], _stayLabel[source]);
            }
            else
            {
                _next.AddLonger(_now, source, label, _ranking.Score(rank));
            }
        }

        (_now, _next) = (_next, _now);
    }

    /// <summary>Decodes a whole sequence, from a <see cref="Reset"/> on. Allocates nothing.</summary>
    /// <param name="posteriors">p (T, C).</param>
    /// <returns>The most probable labels, until the next call that changes the decoder.</returns>
    /// <exception cref="ArgumentException">The posteriors are no rows of C values.</exception>
    public ReadOnlySpan<int> Run(ReadOnlySpan<float> posteriors)
    {
        int steps = Shapes.Rows(posteriors.Length, Classes, nameof(posteriors));
        Reset();
        for (int t = 0; t < steps; t++)
        {
            Step(posteriors.Slice(t * Classes, Classes));
        }

        return GetLabels(0);
    }

    /// <summary>Paths whose prefix is in the beam already: by a blank, by the last label again, or by a label from the prefix without it.</summary>
    private void Stay()
    {
        for (int i = 0; i < _now.Count; i++)
        {
            ReadOnlySpan<int> labels = _now.Labels(i);
            _stayBlank[i] = _log[Blank] + _now.Total(i);
            _stayLabel[i] = labels.Length == 0 ? LogSpace.Zero : _log[labels[^1]] + _now.EndInLabel(i);
            int shorter = _now.Parent(i);
            if (shorter >= 0)
            {
                _stayLabel[i] = LogSpace.Add(_stayLabel[i], _log[labels[^1]] + BeforeLabel(shorter, labels[^1]));
            }
        }
    }

    /// <summary>Offers the prefix with one label more, for each label with which it is not in the beam already.</summary>
    private void Extend(int prefix)
    {
        if (_now.Labels(prefix).Length == MaxLabels)
        {
            return;
        }

        _extended.AsSpan().Clear();
        for (int i = 0; i < _now.Count; i++)
        {
            if (_now.Parent(i) == prefix)
            {
                _extended[_now.Labels(i)[^1]] = 1;
            }
        }

        for (int label = 0; label < Classes; label++)
        {
            if (label != Blank && _extended[label] == 0)
            {
                _ranking.Offer(_log[label] + BeforeLabel(prefix, label), prefix, label);
            }
        }
    }

    /// <summary>ln P of the paths of a prefix after which a label is a new one: all, or where it repeats the last, those that end in a blank.</summary>
    private double BeforeLabel(int prefix, int label)
    {
        ReadOnlySpan<int> labels = _now.Labels(prefix);
        return labels.Length > 0 && labels[^1] == label ? _now.EndInBlank(prefix) : _now.Total(prefix);
    }

    private int CheckRank(int rank) =>
        unchecked((uint)rank) < (uint)Count
            ? rank
            : throw new ArgumentOutOfRangeException(nameof(rank), rank, $"There are {Count} labellings; allowed: 0 to {Count - 1}.");
}
