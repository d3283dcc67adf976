using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Seq.Embedded.Audio;

/// <summary>The windowed sinc of a <see cref="Resampler"/>, tabulated at the fractions of an input sample that occur.</summary>
/// <remarks>
/// Table: (phases + 1, taps), row p for the fraction p / phases. Where the ratio has few fractions there is one row for each (44,100 to
/// 16,000 Hz: 160 rows of 448). Otherwise rows lie so close that linear interpolation between two neighbours errs
/// less than the stop band lets through, so the table never exceeds about a megabyte.
/// </remarks>
internal sealed class ResamplerFilter
{
    /// <summary>Zero crossings of the sinc to either side.</summary>
    private const int ZeroCrossings = 80;

    /// <summary>Stop-band attenuation in dB that the Kaiser window is designed for.</summary>
    private const double Attenuation = 90;

    private const int MaxExactTable = 1 << 18;
    private const int InterpolatedPhases = 512;
    private const int Lanes = 16;

    private readonly float[] _table;
    private readonly int _phases;
    private readonly int _up;
    private readonly bool _exact;

    /// <summary>Computes the table for the ratio up / down in lowest terms.</summary>
    public ResamplerFilter(int up, int down)
    {
        _up = up;
        double stretch = Math.Max(1.0, (double)down / up); // input samples per sample of the lower rate
        double reach = ZeroCrossings * stretch;
        Before = (int)Math.Ceiling(reach);
        Taps = (2 * Before + 1 + Lanes - 1) / Lanes * Lanes;
        _exact = (long)up * Taps <= MaxExactTable;
        _phases = _exact ? up : (int)Math.Ceiling(InterpolatedPhases / stretch);

        // Kaiser's rules. The transition ends at the lower Nyquist frequency, so the middle of it is half a transition below.
        double beta = 0.1102 * (Attenuation - 8.7);
        double transition = (Attenuation - 7.95) / (2 * 14.36 * ZeroCrossings); // in units of the lower sample rate
        double cutoff = (1 - transition) / stretch;                              // in units of the input's Nyquist frequency
        _table = new float[(_phases + 1) * Taps];
        double[] row = new double[Taps];
        for (int phase = 0; phase <= _phases; phase++)
        {
            double sum = 0;
            for (int tap = 0; tap < Taps; tap++)
            {
                double distance = tap - Before - (double)phase / _phases; // of the sample from the output, in input samples
                double edge = distance / reach;
                row[tap] = Math.Abs(edge) >= 1 ? 0 : Sinc(cutoff * distance) * BesselI0(beta * Math.Sqrt(1 - edge * edge));
                sum += row[tap];
            }

            for (int tap = 0; tap < Taps; tap++)
            {
                _table[phase * Taps + tap] = (float)(row[tap] / sum); // a constant stays the same constant
            }
        }
    }

    /// <summary>Input samples that one output reads, a multiple of 16.</summary>
    public int Taps { get; }

    /// <summary>How many of them lie before the output's time.</summary>
    public int Before { get; }

    /// <summary>One output.</summary>
    /// <param name="samples">Exactly <see cref="Taps"/> samples; sample [<see cref="Before"/>] is the last at or before the output's time.</param>
    /// <param name="fraction">How far the output lies behind that sample, in 1/up samples.</param>
    public float Apply(ReadOnlySpan<float> samples, int fraction)
    {
        if (_exact)
        {
            return Dot(samples, _table.AsSpan(fraction * Taps, Taps));
        }

        long position = (long)fraction * _phases;
        int phase = (int)(position / _up);
        float weight = (float)(position % _up) / _up;
        float low = Dot(samples, _table.AsSpan(phase * Taps, Taps));
        float high = Dot(samples, _table.AsSpan((phase + 1) * Taps, Taps));
        return low + (high - low) * weight;
    }

    /// <summary>Sums in 16 lanes whatever the machine's vectors are, so that all machines agree.</summary>
    private static float Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        ReadOnlySpan<Vector128<float>> a = MemoryMarshal.Cast<float, Vector128<float>>(x);
        ReadOnlySpan<Vector128<float>> b = MemoryMarshal.Cast<float, Vector128<float>>(y)[..a.Length];
        Vector128<float> sum0 = default;
        Vector128<float> sum1 = default;
        Vector128<float> sum2 = default;
        Vector128<float> sum3 = default;
        for (int i = 0; i + 3 < a.Length; i += 4)
        {
            sum0 = Vector128.MultiplyAddEstimate(a[i], b[i], sum0);
            sum1 = Vector128.MultiplyAddEstimate(a[i + 1], b[i + 1], sum1);
            sum2 = Vector128.MultiplyAddEstimate(a[i + 2], b[i + 2], sum2);
            sum3 = Vector128.MultiplyAddEstimate(a[i + 3], b[i + 3], sum3);
        }

        Vector128<float> sum = (sum0 + sum1) + (sum2 + sum3);
        return (sum[0] + sum[1]) + (sum[2] + sum[3]);
    }

    private static double Sinc(double x) => x == 0 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x);

    /// <summary>Modified Bessel function of the first kind, order 0: sum over k of ((x/2)^k / k!)^2.</summary>
    private static double BesselI0(double x)
    {
        double half = x / 2;
        double term = 1;
        double sum = 1;
        for (int k = 1; term > 1e-16 * sum; k++)
        {
            term *= half / k * (half / k);
            sum += term;
        }

        return sum;
    }
}
