namespace Seq.Embedded.Audio.Tables;

/// <summary>Triangular filters on a spectrum, equally spaced on the mel scale, in double precision. Compiled into the library and into the generator.</summary>
/// <remarks>With edges e[0] ... e[bands + 1] equally spaced in mel from low to high, band b is max(0, min((f - e[b]) / (e[b+1] - e[b]), (e[b+2] - f) / (e[b+2] - e[b+1]))),
/// in Hz or in mel: height 1. Only the bins within a triangle are kept.</remarks>
internal sealed class MelTable
{
    private MelTable(int[] bins, float[] weights, string? emptyBand)
    {
        Bins = bins;
        Weights = weights;
        EmptyBand = emptyBand;
    }

    /// <summary>(bands, 2): the first bin of each band and the number of its bins.</summary>
    public int[] Bins { get; }

    /// <summary>The bands' weights one after another.</summary>
    public float[] Weights { get; }

    /// <summary>The first band that lies between two bins, so that it would always be 0, and where; or null.</summary>
    public string? EmptyBand { get; }

    /// <summary>Computes the filters.</summary>
    public static MelTable Create(int bands, double lowHz, double highHz, int sampleRate, int fftSize, MelScale scale = MelScale.Htk, FilterShape shape = FilterShape.Hertz)
    {
        double low = Mel(lowHz, scale);
        double step = (Mel(highHz, scale) - low) / (bands + 1);
        double binHz = (double)sampleRate / fftSize;
        var weights = new List<float>();
        int[] bins = new int[2 * bands];
        string? empty = null;
        for (int band = 0; band < bands; band++)
        {
            double start = Hz(low + band * step, scale);
            double peak = Hz(low + (band + 1) * step, scale);
            double end = Hz(low + (band + 2) * step, scale);
            int first = (int)Math.Floor(start / binHz) + 1;
            int last = Math.Min((int)Math.Ceiling(end / binHz) - 1, fftSize / 2);
            if (last < first)
            {
                empty ??= FormattableString.Invariant($"{band} ({start:F1} to {end:F1} Hz)");
                last = first - 1;
            }

            bins[2 * band] = first;
            bins[2 * band + 1] = last - first + 1;
            for (int bin = first; bin <= last; bin++)
            {
                double hz = bin * binHz;
                weights.Add((float)(shape == FilterShape.Mel
                    ? Math.Max(0, Math.Min((Mel(hz, scale) - (low + band * step)) / step, (low + (band + 2) * step - Mel(hz, scale)) / step))
                    : Math.Min((hz - start) / (peak - start), (end - hz) / (end - peak)) * (shape == FilterShape.EqualArea ? 2 / (end - start) : 1)));
            }
        }

        return new MelTable(bins, weights.ToArray(), empty);
    }

    private static double Mel(double hz, MelScale scale) => scale == MelScale.Htk
        ? 2595 * Math.Log10(1 + hz / 700)
        : hz < 1000 ? hz * 3 / 200 : 15 + Math.Log(hz / 1000) * 27 / Math.Log(6.4);

    private static double Hz(double mel, MelScale scale) => scale == MelScale.Htk
        ? 700 * (Math.Pow(10, mel / 2595) - 1)
        : mel < 15 ? mel * 200 / 3 : 1000 * Math.Exp((mel - 15) * Math.Log(6.4) / 27);
}
