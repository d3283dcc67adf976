using Seq.Embedded.Training;

namespace Seq.Embedded.Tests.Decoding;

/// <summary>Every path of a small CTC output, one by one.</summary>
internal sealed class CtcPaths
{
    private readonly int _classes;
    private readonly int _steps;
    private readonly float[] _posteriors;

    public CtcPaths(float[] posteriors, int classes, int blank)
    {
        _classes = classes;
        _steps = posteriors.Length / classes;
        _posteriors = posteriors;
        int[] path = new int[_steps];
        for (int number = 0; number < Math.Pow(classes, _steps); number++)
        {
            for (int t = 0, rest = number; t < _steps; t++, rest /= classes)
            {
                path[t] = rest % classes;
            }

            string labels = Key([.. path.Where((k, t) => k != blank && (t == 0 || path[t - 1] != k))]);
            if (!Labellings.TryGetValue(labels, out Labelling? labelling))
            {
                Labellings[labels] = labelling = new Labelling(new double[posteriors.Length]);
            }

            double probability = 1;
            for (int t = 0; t < _steps; t++)
            {
                probability *= posteriors[(t * classes) + path[t]];
            }

            labelling.Probability += probability;
            for (int t = 0; t < _steps; t++)
            {
                labelling.Occupancy[(t * classes) + path[t]] += probability;
            }
        }
    }

    /// <summary>Every labelling that has a path.</summary>
    public Dictionary<string, Labelling> Labellings { get; } = [];

    public static string Key(ReadOnlySpan<int> labels) => string.Join(' ', labels.ToArray());

    /// <summary>Softmax of random logits (T, C).</summary>
    public static float[] Random(int steps, int classes, int seed)
    {
        CounterRandom random = new((ulong)seed, 1);
        float[] posteriors = new float[steps * classes];
        for (int t = 0; t < steps; t++)
        {
            double[] e = [.. Enumerable.Range(t * classes, classes).Select(i => Math.Exp(1.5 * random.GetGaussian((ulong)i)))];
            for (int k = 0; k < classes; k++)
            {
                posteriors[(t * classes) + k] = (float)(e[k] / e.Sum());
            }
        }

        return posteriors;
    }

    /// <summary>p - (probability of the class at each time step, given the labels).</summary>
    public double[] Gradient(Labelling labelling) => [.. _posteriors.Select((p, i) => p - (labelling.Occupancy[i] / labelling.Probability))];

    /// <param name="Occupancy">Probability (T, C) of the paths that are in a class at a time step.</param>
    internal sealed record Labelling(double[] Occupancy)
    {
        public double Probability { get; set; }
    }
}
