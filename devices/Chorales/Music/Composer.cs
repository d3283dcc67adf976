using Seq.Embedded.Training;

namespace Chorales.Music;

/// <summary>Draws chorales from a model.</summary>
internal static class Composer
{
    private const double SmallestProbability = 1e-7;

    /// <summary>Draws each key of each time step from its probability, given the time steps before.</summary>
    /// <param name="model">The model.</param>
    /// <param name="steps">Time steps to draw.</param>
    /// <param name="temperature">T of <see cref="Sharpen"/>; 1 draws from the model's own probabilities.</param>
    /// <param name="seed">The same seed gives the same chorale.</param>
    /// <param name="stop">Ends drawing after the current time step.</param>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled.</exception>
    public static Chorale Compose(ChoraleModel model, int steps, double temperature, ulong seed, CancellationToken stop)
    {
        var random = new CounterRandom(seed, 0);
        ChoraleModel.Stream stream = model.CreateStream();
        Span<float> keys = new float[Piano.Keys];
        Span<float> probabilities = new float[Piano.Keys];
        int[][] drawn = new int[steps][];
        for (int step = 0; step < steps; step++)
        {
            stop.ThrowIfCancellationRequested();
            stream.Step(keys, probabilities);
            Sharpen(probabilities, temperature);
            List<int> notes = [];
            for (int key = 0; key < Piano.Keys; key++)
            {
                if (random.GetUniform(((ulong)step * Piano.Keys) + (ulong)key) < probabilities[key])
                {
                    notes.Add(Piano.LowestNote + key);
                }
            }

            drawn[step] = [.. notes];
            Piano.Press(drawn[step], 0, keys);
        }

        return new Chorale(drawn);
    }

    /// <summary>Makes probable keys more probable and improbable ones less, while as many notes are expected as before.</summary>
    /// <remarks>
    /// <code>
    /// p' = sigmoid(logit(p) / T + b), b such that sum p' = sum p
    /// </code>
    /// Without b, a chord of which no note is more probable than not would fall silent. T = 0: p' = 1 for the most probable keys, as many as sum p rounds to, and 0 for the others.
    /// </remarks>
    public static void Sharpen(Span<float> probabilities, double temperature)
    {
        if (temperature == 1)
        {
            return;
        }

        double expected = 0;
        Span<double> logits = stackalloc double[Piano.Keys];
        for (int key = 0; key < Piano.Keys; key++)
        {
            double p = Math.Clamp(probabilities[key], SmallestProbability, 1 - SmallestProbability);
            expected += p;
            logits[key] = Math.Log(p / (1 - p));
        }

        if (temperature == 0)
        {
            TakeHighest(probabilities, (int)Math.Round(expected));
            return;
        }

        // The sum grows with b: bisection, until b is exact to less than any probability shows.
        double most = (Math.Log(1 / SmallestProbability) / temperature) + Math.Log(Piano.Keys / SmallestProbability);
        double low = -most, high = most;
        while (high - low > 1e-9 * most)
        {
            double middle = (low + high) / 2, sum = 0;
            foreach (double logit in logits)
            {
                sum += Sigmoid((logit / temperature) + middle);
            }

            (low, high) = sum < expected ? (middle, high) : (low, middle);
        }

        for (int key = 0; key < Piano.Keys; key++)
        {
            probabilities[key] = (float)Sigmoid((logits[key] / temperature) + low);
        }
    }

    private static void TakeHighest(Span<float> probabilities, int count)
    {
        int[] order = new int[probabilities.Length];
        float[] ranks = new float[probabilities.Length];
        for (int key = 0; key < order.Length; key++)
        {
            (order[key], ranks[key]) = (key, -probabilities[key]);
        }

        Array.Sort(ranks, order);
        probabilities.Clear();
        foreach (int key in order.AsSpan(0, count))
        {
            probabilities[key] = 1;
        }
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
