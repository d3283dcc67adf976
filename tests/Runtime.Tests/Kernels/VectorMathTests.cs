using System.Numerics;
using Seq.Embedded.Kernels;

namespace Seq.Embedded.Tests.Kernels;

/// <summary>
/// Sweeps the floats and compares with double precision. By default every 7th float where the functions do something and a sample of the rest;
/// every float of all 2^32 takes about two minutes: <c>SEQ_EXHAUSTIVE=1 dotnet test -c Release tests/Runtime.Tests</c>.
/// </summary>
public class VectorMathTests
{
    private const double SmallestNormal = 1.1754943508222875e-38;

    private delegate Vector<float> VectorFunction(Vector<float> x);

    [Fact]
    public void Exp_every_float_is_within_1_1_ulp() =>
        Sweep(VectorMath.Exp, Math.Exp, static (error, _) => error <= 1.1);

    [Fact]
    public void Sigmoid_every_float_is_within_2_5_ulp_or_under_the_normal_range() =>
        Sweep(
            VectorMath.Sigmoid,
            static x => x < 0 ? Math.Exp(x) / (1 + Math.Exp(x)) : 1 / (1 + Math.Exp(-x)),
            static (error, expected) => error <= 2.5 || expected < SmallestNormal);

    [Fact]
    public void Tanh_every_float_is_within_2_6_ulp() =>
        Sweep(VectorMath.Tanh, Math.Tanh, static (error, _) => error <= 2.6);

    [Theory]
    [InlineData(float.NaN, float.NaN, float.NaN, float.NaN, float.NaN)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity, 1f, 1f, float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity, 0f, 0f, -1f, 0f)]
    [InlineData(float.MaxValue, float.PositiveInfinity, 1f, 1f, float.MaxValue)]
    [InlineData(float.MinValue, 0f, 0f, -1f, 0f)]
    [InlineData(0f, 1f, 0.5f, 0f, 0f)]
    [InlineData(float.Epsilon, 1f, 0.5f, float.Epsilon, float.Epsilon)]
    [InlineData(88.722845f, float.PositiveInfinity, 1f, 1f, 88.722845f)]
    public void Functions_at_the_edges_give_exactly(float x, float exp, float sigmoid, float tanh, float relu)
    {
        // In every lane, with ordinary numbers around it.
        for (int lane = 0; lane < Vector<float>.Count; lane++)
        {
            Vector<float> argument = new Vector<float>(0.25f).WithElement(lane, x);
            AssertSame(exp, VectorMath.Exp(argument)[lane], "exp", x);
            AssertSame(sigmoid, VectorMath.Sigmoid(argument)[lane], "sigmoid", x);
            AssertSame(tanh, VectorMath.Tanh(argument)[lane], "tanh", x);
            AssertSame(relu, VectorMath.Relu(argument)[lane], "relu", x);
        }
    }

    [Fact]
    public void Relu_keeps_negative_zero() => AssertSame(-0f, VectorMath.Relu(new Vector<float>(-0f))[0], "relu", -0f);

    [Fact]
    public void Functions_never_leave_their_range()
    {
        for (float x = -120; x <= 120; x += 0.0078125f)
        {
            Vector<float> argument = new(x);
            Assert.InRange(VectorMath.Sigmoid(argument)[0], 0f, 1f);
            Assert.InRange(VectorMath.Tanh(argument)[0], -1f, 1f);
            Assert.True(VectorMath.Exp(argument)[0] >= 0f);
        }
    }

    private static void AssertSame(float expected, float actual, string function, float x)
    {
        bool same = float.IsNaN(expected)
            ? float.IsNaN(actual)
            : BitConverter.SingleToInt32Bits(expected) == BitConverter.SingleToInt32Bits(actual);
        Assert.True(same, $"{function}({x:R}): expected {expected:R}, actual {actual:R}");
    }

    private static void Sweep(VectorFunction function, Func<double, double> reference, Func<double, double, bool> accept)
    {
        bool exhaustive = Environment.GetEnvironmentVariable("SEQ_EXHAUSTIVE") == "1";

        // The active range: 2^-14 to 128, both signs. Then all bit patterns, NaN and infinities among them.
        uint first = BitConverter.SingleToUInt32Bits(MathF.Pow(2, -14));
        uint last = BitConverter.SingleToUInt32Bits(128f);
        const uint Sign = 0x80000000;
        List<Worst> worst = [];
        if (!exhaustive)
        {
            worst.Add(SweepRange(function, reference, accept, first, last, 7));
            worst.Add(SweepRange(function, reference, accept, Sign | first, Sign | last, 7));
        }

        worst.Add(SweepRange(function, reference, accept, 0, uint.MaxValue, exhaustive ? 1u : 4099u));
        Worst largest = worst.MaxBy(w => w.Error);
        TestContext.Current.TestOutputHelper?.WriteLine($"largest accepted error {largest.Error:F3} ulp at {largest.Argument:R}");
    }

    private static Worst SweepRange(
        VectorFunction function, Func<double, double> reference, Func<double, double, bool> accept, uint first, uint last, uint step)
    {
        const int Pieces = 64;
        ulong count = ((ulong)last - first) / step + 1;
        Worst[] worst = new Worst[Pieces];
        Parallel.For(0, Pieces, piece =>
        {
            float[] arguments = new float[Vector<float>.Count];
            int filled = 0;
            for (ulong i = count * (ulong)piece / Pieces; i < count * (ulong)(piece + 1) / Pieces; i++)
            {
                arguments[filled++] = BitConverter.UInt32BitsToSingle((uint)(first + i * step));
                if (filled == arguments.Length)
                {
                    Compare(filled);
                    filled = 0;
                }
            }

            Compare(filled);

            void Compare(int used)
            {
                Vector<float> actual = function(new Vector<float>(arguments));
                for (int lane = 0; lane < used; lane++)
                {
                    double expected = reference(arguments[lane]);
                    double error = Ulps(expected, actual[lane]);
                    if (!accept(error, expected))
                    {
                        Assert.Fail($"x = {arguments[lane]:R}: expected {expected:R}, actual {actual[lane]:R}, {error:F3} ulp off");
                    }

                    if (Math.Abs(expected) >= SmallestNormal && error > worst[piece].Error)
                    {
                        worst[piece] = new Worst(error, arguments[lane]);
                    }
                }
            }
        });
        return worst.MaxBy(w => w.Error);
    }

    private static double Ulps(double expected, float actual)
    {
        if (double.IsNaN(expected))
        {
            return float.IsNaN(actual) ? 0 : double.PositiveInfinity;
        }

        if ((float)expected == actual)
        {
            return 0;
        }

        // 2^(exponent - 23), the exponent not under that of the smallest normal float.
        long exponent = Math.Max((BitConverter.DoubleToInt64Bits(expected) >> 52) & 0x7FF, 1023 - 126);
        double ulp = BitConverter.Int64BitsToDouble((exponent - 23) << 52);
        double error = Math.Abs(expected - actual) / ulp;
        return double.IsNaN(error) ? double.PositiveInfinity : error;
    }

    private readonly record struct Worst(double Error, float Argument);
}
