using Seq.Embedded.Audio;

namespace Seq.Embedded.Tests.Audio;

/// <summary>The features in double precision, written straight from their formulas: a transform by its definition, whole
/// filters, and one frame after another. Shares no code with the extractor.</summary>
internal static class FeatureReference
{
    /// <summary>(vectors, stack, bands).</summary>
    public static double[] Extract(FeatureSettings s, ReadOnlySpan<float> samples)
    {
        var frames = new List<double[]>();
        double[] level = new double[s.Bands];
        for (int start = 0; start + s.WindowSamples <= samples.Length; start += s.HopSamples)
        {
            double[] energies = Energies(s, samples.Slice(start, s.WindowSamples));
            double weight = Math.Max(s.PcenSmoothing, 1.0 / (frames.Count + 1));
            double[] features = new double[s.Bands];
            for (int b = 0; b < s.Bands; b++)
            {
                level[b] = frames.Count == 0 ? energies[b] : (1 - weight) * level[b] + weight * energies[b];
                double relative = energies[b] / Math.Pow(s.PcenFloor + level[b], s.PcenGain);
                features[b] = s.OutputScale * (s.Kind == FeatureKind.LogMel
                    ? Math.Log(energies[b] + s.LogFloor)
                    : Math.Pow(relative + s.PcenBias, s.PcenPower) - Math.Pow(s.PcenBias, s.PcenPower));
            }

            frames.Add(features);
        }

        var vectors = new List<double>();
        for (int first = 0; first + s.Stack <= frames.Count; first += s.Stride)
        {
            vectors.AddRange(frames.Skip(first).Take(s.Stack).SelectMany(frame => frame));
        }

        return vectors.ToArray();
    }

    /// <summary>|X[k]|^2 for k = 0 ... size / 2 by the definition of the transform.</summary>
    public static double[] PowerSpectrum(ReadOnlySpan<double> x, int size)
    {
        double[] power = new double[size / 2 + 1];
        for (int k = 0; k < power.Length; k++)
        {
            double re = 0;
            double im = 0;
            for (int j = 0; j < x.Length; j++)
            {
                double angle = -2 * Math.PI * ((long)j * k % size) / size;
                re += x[j] * Math.Cos(angle);
                im += x[j] * Math.Sin(angle);
            }

            power[k] = re * re + im * im;
        }

        return power;
    }

    private static double[] Energies(FeatureSettings s, ReadOnlySpan<float> frame)
    {
        double[] windowed = new double[frame.Length];
        for (int j = 0; j < frame.Length; j++)
        {
            windowed[j] = frame[j] * (0.5 - 0.5 * Math.Cos(2 * Math.PI * j / (frame.Length - 1)));
        }

        double[] power = PowerSpectrum(windowed, s.FftSize);
        double[] edges = new double[s.Bands + 2];
        for (int i = 0; i < edges.Length; i++)
        {
            double mel = Mel(s.LowHz) + (Mel(s.HighHz) - Mel(s.LowHz)) * i / (s.Bands + 1);
            edges[i] = 700 * (Math.Pow(10, mel / 2595) - 1);
        }

        double[] energies = new double[s.Bands];
        for (int b = 0; b < s.Bands; b++)
        {
            for (int k = 0; k < power.Length; k++)
            {
                double hz = (double)k * s.SampleRate / s.FftSize;
                double rising = (hz - edges[b]) / (edges[b + 1] - edges[b]);
                double falling = (edges[b + 2] - hz) / (edges[b + 2] - edges[b + 1]);
                energies[b] += Math.Max(0, Math.Min(rising, falling)) * power[k];
            }
        }

        return energies;
    }

    private static double Mel(double hz) => 2595 * Math.Log10(1 + hz / 700);
}
