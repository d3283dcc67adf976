using System.Numerics;
using System.Runtime.CompilerServices;

namespace Seq.Embedded.Audio.Kernels;

/// <summary>Logarithm and exponential of vectors of floats, for the compression of energies.</summary>
/// <remarks>Only +, -, *, / and conversions on single elements, unfused: all machines agree bit for bit, which the C library's
/// functions do not. The coefficients are those of the Taylor series.</remarks>
internal static class VectorPower
{
    private const float Ln2High = 0.693145752f;     // ln 2 rounded to 16 bits, so that its product with an exponent is exact
    private const float Ln2Low = 1.42860677e-6f;    // ln 2 less the above
    private const int MantissaBits = 23;

    /// <summary>Natural logarithm of positive, normal, finite numbers; anything else gives a meaningless number.</summary>
    /// <remarks>x = 2^e m with m in [0.707, 1.414), s = (m - 1) / (m + 1), ln x = e ln 2 + 2 (s + s^3/3 + s^5/5 + s^7/7 + s^9/9);
    /// the next term is below 1e-9. Error below 2 units in the last place, or 2e-7 where the result is small.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Log(Vector<float> x)
    {
        // Subtracting the bits of sqrt(1/2) makes the exponent field change where m passes sqrt(2).
        Vector<int> offset = Vector.AsVectorInt32(x) - new Vector<int>(0x3F3504F3);
        Vector<int> exponent = Vector.ShiftRightArithmetic(offset, MantissaBits);
        Vector<float> m = Vector.AsVectorSingle(Vector.AsVectorInt32(x) - Vector.ShiftLeft(exponent, MantissaBits));
        Vector<float> e = Vector.ConvertToSingle(exponent);
        Vector<float> s = (m - Vector<float>.One) / (m + Vector<float>.One);
        Vector<float> square = s * s;
        Vector<float> tail = square * (new Vector<float>(2f / 3)
            + square * (new Vector<float>(2f / 5)
            + square * (new Vector<float>(2f / 7)
            + square * new Vector<float>(2f / 9))));
        return e * new Vector<float>(Ln2High) + (e * new Vector<float>(Ln2Low) + (s + s + s * tail));
    }

    /// <summary>e^x, for x limited to [-87, 88]; NaN gives a meaningless number.</summary>
    /// <remarks>x = n ln 2 + r with |r| at most 0.347, e^x = 2^n (1 + r + r^2/2! + ... + r^7/7!); the next term is below 6e-9.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Exp(Vector<float> x)
    {
        x = Vector.Min(Vector.Max(x, new Vector<float>(-87f)), new Vector<float>(88f));
        Vector<float> n = Vector.Floor(x * new Vector<float>(1.44269504f) + new Vector<float>(0.5f));
        Vector<float> r = x - n * new Vector<float>(Ln2High) - n * new Vector<float>(Ln2Low);
        Vector<float> sum = new Vector<float>(1f / 720) + r * new Vector<float>(1f / 5040);
        sum = new Vector<float>(1f / 120) + r * sum;
        sum = new Vector<float>(1f / 24) + r * sum;
        sum = new Vector<float>(1f / 6) + r * sum;
        sum = new Vector<float>(0.5f) + r * sum;
        sum = Vector<float>.One + (r + r * r * sum);
        return Vector.AsVectorSingle(Vector.AsVectorInt32(sum) + Vector.ShiftLeft(Vector.ConvertToInt32(n), MantissaBits));
    }
}
