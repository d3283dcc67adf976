using System.Runtime.Intrinsics;

namespace Seq.Embedded.Audio;

/// <summary>Triangular filters on a power spectrum, equally spaced on the mel scale.</summary>
/// <remarks>mel(f) = 2595 log10(1 + f / 700) (HTK). With edges e[0] ... e[bands + 1] equally spaced in mel from low to high, band b is
/// max(0, min((f - e[b]) / (e[b+1] - e[b]), (e[b+2] - f) / (e[b+2] - e[b+1]))): height 1, in Hz linear. Only the bins
/// within a triangle are kept.</remarks>
internal sealed class MelFilters
{
    private readonly Band[] _bands;
    private readonly float[] _weights; // the bands' weights one after another

    /// <summary>Computes the filters.</summary>
    /// <exception cref="ArgumentException">A band lies between two bins, so that it would always be 0.</exception>
    public MelFilters(int bands, double lowHz, double highHz, int sampleRate, int fftSize)
    {
        double low = Mel(lowHz);
        double step = (Mel(highHz) - low) / (bands + 1);
        double binHz = (double)sampleRate / fftSize;
        var weights = new List<float>();
        _bands = new Band[bands];
        for (int band = 0; band < bands; band++)
        {
            double start = Hz(low + band * step);
            double peak = Hz(low + (band + 1) * step);
            double end = Hz(low + (band + 2) * step);
            int first = (int)Math.Floor(start / binHz) + 1;
            int last = Math.Min((int)Math.Ceiling(end / binHz) - 1, fftSize / 2);
            if (last < first)
            {
                throw new ArgumentException(FormattableString.Invariant(
                    $"Mel band {band} ({start:F1} to {end:F1} Hz) lies between two bins of the transform, which are {binHz:F2} Hz apart; use fewer bands or a larger FftSize."));
            }

            _bands[band] = new Band(first, weights.Count, last - first + 1);
            for (int bin = first; bin <= last; bin++)
            {
                double hz = bin * binHz;
                weights.Add((float)Math.Min((hz - start) / (peak - start), (end - hz) / (end - peak)));
            }
        }

        _weights = weights.ToArray();
    }

    /// <summary>energies[b] = sum over k of weight[b][k] power[k], in four partial sums, the same on all machines.</summary>
    public void Apply(ReadOnlySpan<float> power, Span<float> energies)
    {
        for (int band = 0; band < _bands.Length; band++)
        {
            Band filter = _bands[band];
            ReadOnlySpan<float> w = _weights.AsSpan(filter.Offset, filter.Count);
            ReadOnlySpan<float> p = power.Slice(filter.First, w.Length);
            Vector128<float> sums = Vector128<float>.Zero;
            for (; w.Length >= Vector128<float>.Count; w = w[Vector128<float>.Count..], p = p[Vector128<float>.Count..])
            {
                sums += Vector128.Create(w) * Vector128.Create(p);
            }

            float sum = sums[0];
            for (int k = 0; k < w.Length; k++)
            {
                sum += w[k] * p[k];
            }

            energies[band] = (sum + sums[1]) + (sums[2] + sums[3]);
        }
    }

    private static double Mel(double hz) => 2595 * Math.Log10(1 + hz / 700);

    private static double Hz(double mel) => 700 * (Math.Pow(10, mel / 2595) - 1);

    private readonly record struct Band(int First, int Offset, int Count);
}
