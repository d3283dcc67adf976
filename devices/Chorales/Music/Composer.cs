using Seq.Embedded.Training;

namespace Chorales.Music;

/// <summary>Draws chorales from a model.</summary>
internal static class Composer
{
    /// <summary>Draws each key of each time step from its probability, given the time steps before.</summary>
    /// <param name="model">The model.</param>
    /// <param name="steps">Time steps to draw.</param>
    /// <param name="temperature">T: keys sound with the probability sigmoid(logit(p) / T); 0: where p is above 1/2.</param>
    /// <param name="seed">The same seed gives the same chorale.</param>
    public static Chorale Compose(ChoraleModel model, int steps, double temperature, ulong seed)
    {
        var random = new CounterRandom(seed, 0);
        ChoraleModel.Stream stream = model.CreateStream();
        Span<float> keys = new float[Piano.Keys];
        Span<float> probabilities = new float[Piano.Keys];
        int[][] drawn = new int[steps][];
        for (int step = 0; step < steps; step++)
        {
            stream.Step(keys, probabilities);
            List<int> notes = [];
            for (int key = 0; key < Piano.Keys; key++)
            {
                ulong number = ((ulong)step * Piano.Keys) + (ulong)key;
                if (random.GetUniform(number) < Sharpen(probabilities[key], temperature))
                {
                    notes.Add(Piano.LowestNote + key);
                }
            }

            drawn[step] = [.. notes];
            Piano.Press(drawn[step], 0, keys);
        }

        return new Chorale(drawn);
    }

    private static double Sharpen(double p, double temperature) => temperature switch
    {
        0 => p > 0.5 ? 1 : 0,
        1 => p,
        _ => 1 / (1 + Math.Pow((1 - p) / p, 1 / temperature)),
    };
}
