using System.Numerics;
using System.Runtime.InteropServices;

namespace Seq.Embedded.Audio.Kernels;

/// <summary>One stage of a Stockham transform of many columns at once; see <see cref="RealFft"/>.</summary>
internal static class FftStage
{
    /// <summary>
    /// For every p below quarter and every column q, with a, b, c, d = x[p], x[p + quarter], x[p + 2 quarter], x[p + 3 quarter] at q:
    /// y[4p] = (a + c) + (b + d), y[4p + 1] = w^p ((a - c) - i (b - d)), y[4p + 2] = w^2p ((a + c) - (b + d)), y[4p + 3] = w^3p ((a - c) + i (b - d)).
    /// </summary>
    /// <param name="xRe">(4 quarter, columns), real parts.</param>
    /// <param name="xIm">Imaginary parts.</param>
    /// <param name="yRe">(4 quarter, columns), real parts.</param>
    /// <param name="yIm">Imaginary parts.</param>
    /// <param name="quarter">A quarter of the remaining length.</param>
    /// <param name="columns">Length of a row.</param>
    /// <param name="twiddles">(quarter, 3, 2): w^p, w^2p, w^3p, real and imaginary.</param>
    public static void Radix4(
        ReadOnlySpan<float> xRe, ReadOnlySpan<float> xIm, Span<float> yRe, Span<float> yIm,
        int quarter, int columns, ReadOnlySpan<float> twiddles)
    {
        if (columns % Vector<float>.Count == 0)
        {
            int values = 4 * quarter * columns;
            Radix4(
                ref MemoryMarshal.GetReference(xRe[..values]), ref MemoryMarshal.GetReference(xIm[..values]),
                ref MemoryMarshal.GetReference(yRe[..values]), ref MemoryMarshal.GetReference(yIm[..values]), quarter, columns, twiddles);
            return;
        }

        for (int p = 0; p < quarter; p++)
        {
            ReadOnlySpan<float> w = twiddles.Slice(6 * p, 6);
            for (int q = 0; q < columns; q++)
            {
                int a = p * columns + q;
                int b = a + quarter * columns;
                int c = b + quarter * columns;
                int d = c + quarter * columns;
                int y = 4 * p * columns + q;
                float sumAcRe = xRe[a] + xRe[c];
                float sumAcIm = xIm[a] + xIm[c];
                float difAcRe = xRe[a] - xRe[c];
                float difAcIm = xIm[a] - xIm[c];
                float sumBdRe = xRe[b] + xRe[d];
                float sumBdIm = xIm[b] + xIm[d];
                float difBdRe = xRe[b] - xRe[d];
                float difBdIm = xIm[b] - xIm[d];
                yRe[y] = sumAcRe + sumBdRe;
                yIm[y] = sumAcIm + sumBdIm;
                float re = difAcRe + difBdIm;
                float im = difAcIm - difBdRe;
                yRe[y + columns] = re * w[0] - im * w[1];
                yIm[y + columns] = re * w[1] + im * w[0];
                re = sumAcRe - sumBdRe;
                im = sumAcIm - sumBdIm;
                yRe[y + 2 * columns] = re * w[2] - im * w[3];
                yIm[y + 2 * columns] = re * w[3] + im * w[2];
                re = difAcRe - difBdIm;
                im = difAcIm + difBdRe;
                yRe[y + 3 * columns] = re * w[4] - im * w[5];
                yIm[y + 3 * columns] = re * w[5] + im * w[4];
            }
        }
    }

    /// <summary>y[0] = x[0] + x[1], y[1] = x[0] - x[1] for every column.</summary>
    public static void Radix2(ReadOnlySpan<float> xRe, ReadOnlySpan<float> xIm, Span<float> yRe, Span<float> yIm, int columns)
    {
        for (int q = 0; q < columns; q++)
        {
            yRe[q] = xRe[q] + xRe[q + columns];
            yIm[q] = xIm[q] + xIm[q + columns];
            yRe[q + columns] = xRe[q] - xRe[q + columns];
            yIm[q + columns] = xIm[q] - xIm[q + columns];
        }
    }

    /// <summary>The same with a vector of columns at a time; each element sees the same operations.</summary>
    private static void Radix4(ref float xRe, ref float xIm, ref float yRe, ref float yIm, int quarter, int columns, ReadOnlySpan<float> twiddles)
    {
        nuint row = (nuint)columns;
        nuint step = (nuint)quarter * row;
        for (int p = 0; p < quarter; p++)
        {
            ReadOnlySpan<float> w = twiddles.Slice(6 * p, 6);
            var w1Re = new Vector<float>(w[0]);
            var w1Im = new Vector<float>(w[1]);
            var w2Re = new Vector<float>(w[2]);
            var w2Im = new Vector<float>(w[3]);
            var w3Re = new Vector<float>(w[4]);
            var w3Im = new Vector<float>(w[5]);
            for (nuint q = 0; q < row; q += (nuint)Vector<float>.Count)
            {
                nuint a = ((nuint)p * row) + q;
                nuint y = (4 * (nuint)p * row) + q;
                Vector<float> aRe = Vector.LoadUnsafe(ref xRe, a);
                Vector<float> aIm = Vector.LoadUnsafe(ref xIm, a);
                Vector<float> bRe = Vector.LoadUnsafe(ref xRe, a + step);
                Vector<float> bIm = Vector.LoadUnsafe(ref xIm, a + step);
                Vector<float> cRe = Vector.LoadUnsafe(ref xRe, a + (2 * step));
                Vector<float> cIm = Vector.LoadUnsafe(ref xIm, a + (2 * step));
                Vector<float> dRe = Vector.LoadUnsafe(ref xRe, a + (3 * step));
                Vector<float> dIm = Vector.LoadUnsafe(ref xIm, a + (3 * step));
                Vector<float> sumRe = (aRe + cRe) - (bRe + dRe);
                Vector<float> sumIm = (aIm + cIm) - (bIm + dIm);
                Vector<float> minusRe = (aRe - cRe) + (bIm - dIm);
                Vector<float> minusIm = (aIm - cIm) - (bRe - dRe);
                Vector<float> plusRe = (aRe - cRe) - (bIm - dIm);
                Vector<float> plusIm = (aIm - cIm) + (bRe - dRe);
                ((aRe + cRe) + (bRe + dRe)).StoreUnsafe(ref yRe, y);
                ((aIm + cIm) + (bIm + dIm)).StoreUnsafe(ref yIm, y);
                ((minusRe * w1Re) - (minusIm * w1Im)).StoreUnsafe(ref yRe, y + row);
                ((minusRe * w1Im) + (minusIm * w1Re)).StoreUnsafe(ref yIm, y + row);
                ((sumRe * w2Re) - (sumIm * w2Im)).StoreUnsafe(ref yRe, y + (2 * row));
                ((sumRe * w2Im) + (sumIm * w2Re)).StoreUnsafe(ref yIm, y + (2 * row));
                ((plusRe * w3Re) - (plusIm * w3Im)).StoreUnsafe(ref yRe, y + (3 * row));
                ((plusRe * w3Im) + (plusIm * w3Re)).StoreUnsafe(ref yIm, y + (3 * row));
            }
        }
    }
}
