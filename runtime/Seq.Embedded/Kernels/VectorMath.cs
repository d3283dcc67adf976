using System.Numerics;
using System.Runtime.CompilerServices;

namespace Seq.Embedded.Kernels;

/// <summary>Activation functions on one vector of floats, short enough to be inlined into generated code.</summary>
/// <remarks>
/// Every function is made of +, -, *, /, minimum, maximum, <see cref="Vector.MultiplyAddEstimate(Vector{float}, Vector{float}, Vector{float})"/> and bit operations
/// only: with fused multiply-add in hardware all machines and all vector widths give the same bits. NaN gives NaN.
/// Errors are in ulp of the correctly rounded result, the maximum over all floats, found by trying every one of them; a test does so again.
/// Without fused multiply-add in hardware the bounds are the same, but for that of <see cref="Tanh"/>, which is then 2.7 ulp.
/// The constants are derived by <c>tests/Vectors/fit_exp.py</c>.
/// </remarks>
public static class VectorMath
{
    // e^r - 1 = r + r^2 * (C2 + C3 r + C4 r^2 + C5 r^3 + C6 r^4) for |r| <= ln(2) / 2.
    private const float C2 = 0.49999997f;
    private const float C3 = 0.16666546f;
    private const float C4 = 0.041667443f;
    private const float C5 = 0.008366251f;
    private const float C6 = 0.0013870001f;

    private const float InverseLn2 = 1.442695f;
    private const float Ln2High = 0.69314575f;
    private const float Ln2Low = 1.4286068e-06f;

    // Adding 1.5 * 2^23 rounds a small float to an integer, which then stands in the low bits of the sum.
    private const float Rounder = 12582912f;
    private const int ExponentBias = 127;
    private const int MantissaBits = 23;

    /// <summary>e^x. Largest error 1.1 ulp, subnormal results included; +infinity from 88.72284 up, 0 below -103.97.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Exp(Vector<float> x)
    {
        Vector<float> e = ExpMinusOne(Clamp(x, -105f, 90f), Rounder, out Vector<float> rounded);

        // 2^k in two factors, because k reaches from -151 to 130 and one float only from -126 to 127.
        Vector<int> k = Vector.AsVectorInt32(rounded) - Vector.AsVectorInt32(new Vector<float>(Rounder));
        Vector<int> half = k >> 1;
        Vector<float> scale = PowerOfTwo(half);
        return Vector.MultiplyAddEstimate(e, scale, scale) * PowerOfTwo(k - half);
    }

    /// <summary>1 / (1 + e^-x). Largest error 2.5 ulp above -87.33; below, where the result falls under 2^-126, it may be 0. 1 at +infinity, 0 at -infinity.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Sigmoid(Vector<float> x)
    {
        // As e^x / (1 + e^x): the clamp keeps e^x finite above; below, k = -127 makes the exponent field, and so e^x, exactly 0.
        Vector<float> e = ExpMinusOne(Clamp(x, -88f, 88f), Rounder + ExponentBias, out Vector<float> rounded);
        Vector<float> scale = Vector.AsVectorSingle(Vector.AsVectorInt32(rounded) << MantissaBits);
        e = Vector.MultiplyAddEstimate(e, scale, scale);
        return e / (Vector<float>.One + e);
    }

    /// <summary>tanh(x). Largest error 2.6 ulp, small x included; 0 for -0, 1 at +infinity, -1 at -infinity.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Tanh(Vector<float> x)
    {
        // With e = e^2x - 1, tanh = e / (e + 2): nothing cancels near 0. Beyond 9.02 the result rounds to 1.
        x = Clamp(x, -10f, 10f);
        Vector<float> e = ExpMinusOne(x + x, Rounder + ExponentBias, out Vector<float> rounded);
        Vector<float> scale = Vector.AsVectorSingle(Vector.AsVectorInt32(rounded) << MantissaBits);
        e = Vector.MultiplyAddEstimate(e, scale, scale - Vector<float>.One);
        return e / (e + new Vector<float>(2f));
    }

    /// <summary>max(x, 0), exact; -0 stays -0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Relu(Vector<float> x) =>
        // Not Vector.Max: machines differ in what it makes of -0 and NaN.
        Vector.AndNot(x, Vector.AsVectorSingle(Vector.LessThan(x, Vector<float>.Zero)));

    /// <summary>Splits x = k ln 2 + r and gives e^r - 1; the low bits of <paramref name="rounded"/> hold those of <paramref name="rounder"/> plus k.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> ExpMinusOne(Vector<float> x, float rounder, out Vector<float> rounded)
    {
        rounded = Vector.MultiplyAddEstimate(x, new Vector<float>(InverseLn2), new Vector<float>(rounder));
        Vector<float> k = rounded - new Vector<float>(rounder);
        Vector<float> r = Vector.MultiplyAddEstimate(k, new Vector<float>(-Ln2High), x);
        r = Vector.MultiplyAddEstimate(k, new Vector<float>(-Ln2Low), r);

        Vector<float> q = Vector.MultiplyAddEstimate(r, new Vector<float>(C6), new Vector<float>(C5));
        q = Vector.MultiplyAddEstimate(q, r, new Vector<float>(C4));
        q = Vector.MultiplyAddEstimate(q, r, new Vector<float>(C3));
        q = Vector.MultiplyAddEstimate(q, r, new Vector<float>(C2));
        return Vector.MultiplyAddEstimate(q, r * r, r);
    }

    /// <summary>x held within limits; NaN passes, because of two unordered operands the second is the result.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Clamp(Vector<float> x, float lowest, float highest) =>
        Vector.MaxNative(new Vector<float>(lowest), Vector.MinNative(new Vector<float>(highest), x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> PowerOfTwo(Vector<int> k) =>
        Vector.AsVectorSingle((k + new Vector<int>(ExponentBias)) << MantissaBits);
}
