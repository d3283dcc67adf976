using System.Numerics;
using System.Runtime.InteropServices;

namespace Seq.Embedded.Audio;

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
            Radix4(
                MemoryMarshal.Cast<float, Vector<float>>(xRe), MemoryMarshal.Cast<float, Vector<float>>(xIm),
                MemoryMarshal.Cast<float, Vector<float>>(yRe), MemoryMarshal.Cast<float, Vector<float>>(yIm),
                quarter, columns / Vector<float>.Count, twiddles);
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
    private static void Radix4(
        ReadOnlySpan<Vector<float>> xRe, ReadOnlySpan<Vector<float>> xIm, Span<Vector<float>> yRe, Span<Vector<float>> yIm,
        int quarter, int columns, ReadOnlySpan<float> twiddles)
    {
        int step = quarter * columns;
        for (int p = 0; p < quarter; p++)
        {
            ReadOnlySpan<float> w = twiddles.Slice(6 * p, 6);
            var w1Re = new Vector<float>(w[0]);
            var w1Im = new Vector<float>(w[1]);
            var w2Re = new Vector<float>(w[2]);
            var w2Im = new Vector<float>(w[3]);
            var w3Re = new Vector<float>(w[4]);
            var w3Im = new Vector<float>(w[5]);
            for (int q = 0; q < columns; q++)
            {
                int a = p * columns + q;
                int y = 4 * p * columns + q;
                Vector<float> sumAcRe = xRe[a] + xRe[a + 2 * step];
                Vector<float> sumAcIm = xIm[a] + xIm[a + 2 * step];
                Vector<float> difAcRe = xRe[a] - xRe[a + 2 * step];
                Vector<float> difAcIm = xIm[a] - xIm[a + 2 * step];
                Vector<float> sumBdRe = xRe[a + step] + xRe[a + 3 * step];
                Vector<float> sumBdIm = xIm[a + step] + xIm[a + 3 * step];
                Vector<float> difBdRe = xRe[a + step] - xRe[a + 3 * step];
                Vector<float> difBdIm = xIm[a + step] - xIm[a + 3 * step];
                yRe[y] = sumAcRe + sumBdRe;
                yIm[y] = sumAcIm + sumBdIm;
                Vector<float> re = difAcRe + difBdIm;
                Vector<float> im = difAcIm - difBdRe;
                yRe[y + columns] = re * w1Re - im * w1Im;
                yIm[y + columns] = re * w1Im + im * w1Re;
                re = sumAcRe - sumBdRe;
                im = sumAcIm - sumBdIm;
                yRe[y + 2 * columns] = re * w2Re - im * w2Im;
                yIm[y + 2 * columns] = re * w2Im + im * w2Re;
                re = difAcRe - difBdIm;
                im = difAcIm + difBdRe;
                yRe[y + 3 * columns] = re * w3Re - im * w3Im;
                yIm[y + 3 * columns] = re * w3Im + im * w3Re;
            }
        }
    }
}
