using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Seq.Embedded.Audio.Kernels;

/// <summary>Other orders of the elements of one or two vectors, one or two instructions each.</summary>
internal static class Permute
{
    /// <summary>a0 a2 b0 b2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Even(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.Shuffle(a, b, 0b10_00_10_00)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.UnzipEven(a, b)
        : Vector128.Create(a[0], a[2], b[0], b[2]);

    /// <summary>a1 a3 b1 b3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Odd(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.Shuffle(a, b, 0b11_01_11_01)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.UnzipOdd(a, b)
        : Vector128.Create(a[1], a[3], b[1], b[3]);

    /// <summary>a3 a2 a1 a0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Reverse(Vector128<float> a) => Vector128.Shuffle(a, Vector128.Create(3, 2, 1, 0));

    /// <summary>y[column][row] = x[row][column].</summary>
    /// <param name="x">(rows, columns).</param>
    /// <param name="rows">A power of two.</param>
    /// <param name="columns">A power of two.</param>
    /// <param name="y">(columns, rows).</param>
    public static void Transpose(ReadOnlySpan<float> x, int rows, int columns, Span<float> y)
    {
        if (rows < Vector128<float>.Count || columns < Vector128<float>.Count)
        {
            for (int i = 0; i < rows * columns; i++)
            {
                y[(i % columns * rows) + (i / columns)] = x[i];
            }

            return;
        }

        for (int row = 0; row < rows; row += Vector128<float>.Count)
        {
            for (int column = 0; column < columns; column += Vector128<float>.Count)
            {
                // Even and odd elements of pairs of rows, then of their even and odd halves: the four columns.
                ReadOnlySpan<float> from = x[((row * columns) + column)..];
                Vector128<float> a = Vector128.Create(from);
                Vector128<float> b = Vector128.Create(from[columns..]);
                Vector128<float> c = Vector128.Create(from[(2 * columns)..]);
                Vector128<float> d = Vector128.Create(from[(3 * columns)..]);
                Vector128<float> evenAb = Even(a, b);
                Vector128<float> oddAb = Odd(a, b);
                Vector128<float> evenCd = Even(c, d);
                Vector128<float> oddCd = Odd(c, d);
                Span<float> to = y[((column * rows) + row)..];
                Even(evenAb, evenCd).CopyTo(to);
                Even(oddAb, oddCd).CopyTo(to[rows..]);
                Odd(evenAb, evenCd).CopyTo(to[(2 * rows)..]);
                Odd(oddAb, oddCd).CopyTo(to[(3 * rows)..]);
            }
        }
    }
}
