using Chorales.Music;
using Seq.Embedded.Training;

namespace Chorales;

/// <summary>How well a model foretells chorales.</summary>
/// <param name="Steps">Time steps foretold: all but the first of each chorale, as in Bai, Kolter and Koltun (2018).</param>
/// <param name="LogLikelihood">ln p of all keys of these time steps.</param>
internal readonly record struct ModelScore(long Steps, double LogLikelihood)
{
    /// <summary>Negative log-likelihood in nats: binary cross-entropy summed over the 88 keys, mean over time steps.</summary>
    public double NatsPerStep => -LogLikelihood / Steps;

    public static ModelScore Measure(ChoraleModel model, IReadOnlyList<Chorale> chorales, CancellationToken stop = default)
    {
        ChoraleModel.Stream stream = model.CreateStream();
        float[] keys = new float[Piano.Keys], probabilities = new float[Piano.Keys], gradient = new float[Piano.Keys];
        long steps = 0;
        double sum = 0;
        foreach (Chorale chorale in chorales)
        {
            stop.ThrowIfCancellationRequested();
            stream.Reset();
            Array.Clear(keys);
            for (int step = 0; step < chorale.Length; step++)
            {
                stream.Step(keys, probabilities);
                Piano.Press(chorale[step], 0, keys);
                sum -= step == 0 ? 0 : BinaryCrossEntropy.Compute(probabilities, keys, 1, gradient);
            }

            steps += chorale.Length - 1;
        }

        return new ModelScore(steps, sum);
    }
}
