using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Seq.Embedded.Audio.Kernels;

/// <summary>Power spectrum of a windowed frame: |X[k]|^2 with X[k] = sum over j of w[j] x[j] exp(-2 pi i j k / size).</summary>
/// <remarks>
/// <para>The real transform of N points is a complex one of n = N / 2 points z[j] = x[2j] + i x[2j + 1], taken apart afterwards.
/// The complex one is done in four steps, n = rows * columns: transform each column, multiply by twiddle factors, transpose, transform
/// each column again (D. H. Bailey, "FFTs in external or hierarchical memory", 1990). All columns advance together, so every inner
/// loop runs over contiguous memory and fills vectors; the transforms themselves are Stockham's, radix 4, which needs no bit reversal.</para>
/// <para>Real and imaginary parts are apart. Only +, -, * on single elements are used, unfused: all machines agree bit for bit.
/// Allocates nothing after construction.</para>
/// </remarks>
public sealed class RealFft
{
    /// <summary>Fewest points.</summary>
    public const int MinSize = 16;

    /// <summary>Most points.</summary>
    public const int MaxSize = 65_536;

    private readonly int _half;    // n
    private readonly int _rows;
    private readonly int _columns;
    private readonly float[] _rowTwiddles;    // of the transform over rows, see Stages
    private readonly float[] _columnTwiddles;
    private readonly float[] _middleRe;       // (rows, columns): exp(-2 pi i row column / n)
    private readonly float[] _middleIm;
    private readonly float[] _splitRe;        // (n / 2 + 1): exp(-2 pi i k / N)
    private readonly float[] _splitIm;
    private readonly float[] _re;
    private readonly float[] _im;
    private readonly float[] _spareRe;
    private readonly float[] _spareIm;

    /// <summary>Prepares for frames of at most <paramref name="size"/> points.</summary>
    /// <param name="size">A power of two, 16 to 65,536.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is none of those.</exception>
    public RealFft(int size)
    {
        if (size < MinSize || size > MaxSize || !BitOperations.IsPow2(size))
        {
            throw new ArgumentOutOfRangeException(nameof(size), size, $"The size must be a power of two from {MinSize} to {MaxSize}.");
        }

        _half = size / 2;
        int bits = BitOperations.Log2((uint)_half);
        _rows = 1 << (bits / 2);
        _columns = _half / _rows;
        _rowTwiddles = StageTwiddles(_rows);
        _columnTwiddles = StageTwiddles(_columns);
        _middleRe = new float[_half];
        _middleIm = new float[_half];
        for (int row = 0; row < _rows; row++)
        {
            for (int column = 0; column < _columns; column++)
            {
                (_middleRe[row * _columns + column], _middleIm[row * _columns + column]) = Root((long)row * column, _half);
            }
        }

        _splitRe = new float[_half / 2 + 1];
        _splitIm = new float[_half / 2 + 1];
        for (int k = 0; k <= _half / 2; k++)
        {
            (_splitRe[k], _splitIm[k]) = Root(k, size);
        }

        _re = new float[_half];
        _im = new float[_half];
        _spareRe = new float[_half];
        _spareIm = new float[_half];
    }

    /// <summary>Computes the power spectrum of one frame, which is followed by zeros up to the size. Allocates nothing.</summary>
    /// <param name="frame">At least as long as the window, and read up to its end.</param>
    /// <param name="window">At most as long as the size.</param>
    /// <param name="power">(size / 2 + 1) or longer; the rest stays as it is.</param>
    /// <exception cref="ArgumentException">A span has a length that is not allowed.</exception>
    public void PowerSpectrum(ReadOnlySpan<float> frame, ReadOnlySpan<float> window, Span<float> power)
    {
        if (window.Length > 2 * _half || frame.Length < window.Length || power.Length <= _half)
        {
            throw new ArgumentException($"The frame has {frame.Length} values, the window {window.Length}, the power spectrum {power.Length}; "
                + $"allowed: a window of at most {2 * _half}, a frame as long as the window, a spectrum of {_half + 1}.");
        }

        Load(frame, window);
        bool swapped = Stages(_re, _im, _spareRe, _spareIm, _rows, _columns, _rowTwiddles);
        (float[] re, float[] im, float[] otherRe, float[] otherIm) = swapped
            ? (_spareRe, _spareIm, _re, _im)
            : (_re, _im, _spareRe, _spareIm);
        Twiddle(re, im);
        Permute.Transpose(re, _rows, _columns, otherRe);
        Permute.Transpose(im, _rows, _columns, otherIm);
        swapped = Stages(otherRe, otherIm, re, im, _columns, _rows, _columnTwiddles);
        if (swapped)
        {
            Split(re, im, power);
        }
        else
        {
            Split(otherRe, otherIm, power);
        }
    }

    /// <summary>z[j] = w[2j] x[2j] + i w[2j + 1] x[2j + 1], zeros behind the window.</summary>
    private void Load(ReadOnlySpan<float> frame, ReadOnlySpan<float> window)
    {
        frame = frame[..window.Length];
        Span<float> re = _re;
        Span<float> im = _im;
        int pairs = window.Length / 2;
        int j = 0;
        for (; j <= pairs - Vector128<float>.Count; j += Vector128<float>.Count)
        {
            ReadOnlySpan<float> w = window[(2 * j)..];
            ReadOnlySpan<float> x = frame[(2 * j)..];
            Vector128<float> low = Vector128.Create(w) * Vector128.Create(x);
            Vector128<float> high = Vector128.Create(w[Vector128<float>.Count..]) * Vector128.Create(x[Vector128<float>.Count..]);
            Permute.Even(low, high).CopyTo(re[j..]);
            Permute.Odd(low, high).CopyTo(im[j..]);
        }

        for (; j < pairs; j++)
        {
            re[j] = window[2 * j] * frame[2 * j];
            im[j] = window[2 * j + 1] * frame[2 * j + 1];
        }

        re[pairs..].Clear();
        im[pairs..].Clear();
        if ((window.Length & 1) != 0)
        {
            re[pairs] = window[^1] * frame[^1];
        }
    }

    /// <summary>Transforms every column of a (length, columns) array; the result alternates between both buffers.</summary>
    /// <returns>True if the result is in the second buffer.</returns>
    private static bool Stages(
        float[] re, float[] im, float[] spareRe, float[] spareIm, int length, int columns, ReadOnlySpan<float> twiddles)
    {
        bool swapped = false;
        while (length > 1)
        {
            if (length == 2)
            {
                FftStage.Radix2(re, im, spareRe, spareIm, columns);
                length = 1;
            }
            else
            {
                int quarter = length / 4;
                FftStage.Radix4(re, im, spareRe, spareIm, quarter, columns, twiddles[..(6 * quarter)]);
                twiddles = twiddles[(6 * quarter)..];
                length = quarter;
                columns *= 4;
            }

            (re, spareRe) = (spareRe, re);
            (im, spareIm) = (spareIm, im);
            swapped = !swapped;
        }

        return swapped;
    }

    /// <summary>z[row][column] = z[row][column] exp(-2 pi i row column / n).</summary>
    private void Twiddle(float[] re, float[] im)
    {
        Span<Vector128<float>> zRe = MemoryMarshal.Cast<float, Vector128<float>>(re.AsSpan());
        Span<Vector128<float>> zIm = MemoryMarshal.Cast<float, Vector128<float>>(im.AsSpan());
        ReadOnlySpan<Vector128<float>> wRe = MemoryMarshal.Cast<float, Vector128<float>>(_middleRe.AsSpan());
        ReadOnlySpan<Vector128<float>> wIm = MemoryMarshal.Cast<float, Vector128<float>>(_middleIm.AsSpan());
        for (int j = 0; j < zRe.Length; j++)
        {
            Vector128<float> x = zRe[j];
            Vector128<float> y = zIm[j];
            zRe[j] = (x * wRe[j]) - (y * wIm[j]);
            zIm[j] = (x * wIm[j]) + (y * wRe[j]);
        }
    }

    /// <summary>From Z to |X|^2: with E = (Z[k] + conj Z[n-k]) / 2 and O = (Z[k] - conj Z[n-k]) / 2i, the transforms of the even and odd
    /// samples, X[k] = E + exp(-2 pi i k / N) O and X[n-k] = conj(E - exp(-2 pi i k / N) O).</summary>
    private void Split(ReadOnlySpan<float> re, ReadOnlySpan<float> im, Span<float> power)
    {
        int n = _half;
        float sum = re[0] + im[0];
        float difference = re[0] - im[0];
        power[0] = sum * sum;
        power[n] = difference * difference;
        ReadOnlySpan<float> splitRe = _splitRe;
        ReadOnlySpan<float> splitIm = _splitIm;
        Vector128<float> half = Vector128.Create(0.5f);
        for (int k = 1; k <= n / 2; k += Vector128<float>.Count)
        {
            // Four k upward, and the four n - k downward.
            int m = n - k - Vector128<float>.Count + 1;
            Vector128<float> aRe = Vector128.Create(re[k..]);
            Vector128<float> aIm = Vector128.Create(im[k..]);
            Vector128<float> bRe = Permute.Reverse(Vector128.Create(re[m..]));
            Vector128<float> bIm = Permute.Reverse(Vector128.Create(im[m..]));
            Vector128<float> wRe = Vector128.Create(splitRe[k..]);
            Vector128<float> wIm = Vector128.Create(splitIm[k..]);
            Vector128<float> eRe = half * (aRe + bRe);
            Vector128<float> eIm = half * (aIm - bIm);
            Vector128<float> oRe = half * (aIm + bIm);
            Vector128<float> oIm = half * (bRe - aRe);
            Vector128<float> tRe = (oRe * wRe) - (oIm * wIm);
            Vector128<float> tIm = (oRe * wIm) + (oIm * wRe);
            Power(eRe + tRe, eIm + tIm).CopyTo(power[k..]);
            Permute.Reverse(Power(eRe - tRe, eIm - tIm)).CopyTo(power[m..]);
        }
    }

    private static Vector128<float> Power(Vector128<float> re, Vector128<float> im) => (re * re) + (im * im);

    /// <summary>For each radix-4 stage and each p below length / 4: w^p, w^2p, w^3p with w = exp(-2 pi i / length), real and imaginary.</summary>
    private static float[] StageTwiddles(int length)
    {
        var table = new List<float>();
        for (; length >= 4; length /= 4)
        {
            for (int p = 0; p < length / 4; p++)
            {
                for (int power = 1; power <= 3; power++)
                {
                    (float re, float im) = Root((long)p * power, length);
                    table.Add(re);
                    table.Add(im);
                }
            }
        }

        return table.ToArray();
    }

    private static (float Re, float Im) Root(long numerator, int denominator)
    {
        (double sin, double cos) = Math.SinCos(-2 * Math.PI * (numerator % denominator) / denominator);
        return ((float)cos, (float)sin);
    }
}
