using System.Numerics.Tensors;

namespace SpokenWords.Training;

/// <summary>
/// Other microphones and rooms: log-mel energies of each band are raised or lowered by a smooth random curve over the bands,
/// <c>sum over k = 1 ... 4 of g_k cos(pi k (b + 1/2) / B)</c>, g_k at random between - and + the most that is allowed. Not thread-safe.
/// </summary>
internal sealed class RandomFilter(int bands, double decibels)
{
    private const int Components = 4;

    private static readonly double s_natsPerDecibel = Math.Log(10) / 10;

    private readonly float[] _curve = new float[bands];

    /// <summary>Changes the energies of a clip: (T, bands) in place.</summary>
    public void Apply(ref Draws draws, Span<float> values)
    {
        Array.Clear(_curve);
        for (int k = 1; k <= Components; k++)
        {
            double gain = draws.Uniform(-decibels, decibels) * s_natsPerDecibel;
            for (int band = 0; band < bands; band++)
            {
                _curve[band] += (float)(gain * Math.Cos(Math.PI * k * (band + 0.5) / bands));
            }
        }

        for (int at = 0; at < values.Length; at += bands)
        {
            TensorPrimitives.Add(values.Slice(at, bands), _curve, values.Slice(at, bands));
        }
    }
}
