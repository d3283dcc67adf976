using System.Globalization;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Seq.Embedded.Kernels;
using Seq.Embedded.Testing;

namespace Seq.Embedded.Tests.Kernels;

/// <summary>
/// Tries every float where the functions do something and every 4099th of the rest, against double precision.
/// Every one of all 2^32 takes half a minute: <c>SEQ_EXHAUSTIVE=1 dotnet test -c Release tests/Runtime.Tests</c>.
/// </summary>
public class VectorMathTests
{
    private const double SmallestNormal = 1.1754943508222875e-38;
    private const uint Sign = 0x80000000;
    private const uint RareStep = 4099; // a prime
    private const uint UnfusedStep = 13;
    private const string UnfusedVariable = "SEQ_EMBEDDED_TEST_UNFUSED";

    // Below 2^-25 the results are 1, 1/2 and x; above 128 they are constant.
    private static readonly uint s_first = BitConverter.SingleToUInt32Bits(MathF.ScaleB(1, -25));
    private static readonly uint s_last = BitConverter.SingleToUInt32Bits(128f);

    [Fact]
    public void Exp_every_float_is_within_its_bound() =>
        AssertLargestError(VectorMath.Exp, TensorPrimitives.Exp, fused: 1.1, unfused: 1.1);

    [Fact]
    public void Sigmoid_every_float_is_within_its_bound_or_below_the_normal_range() =>
        AssertLargestError(NormalSigmoid, static (x, y) =>
        {
            TensorPrimitives.Sigmoid(x, y);
            for (int i = 0; i < y.Length; i++)
            {
                y[i] = y[i] < SmallestNormal ? 0 : y[i];
            }
        }, fused: 2.5, unfused: 2.5);

    [Fact]
    public void Tanh_every_float_is_within_its_bound() =>
        AssertLargestError(VectorMath.Tanh, Tanh, fused: 2.6, unfused: 2.7);

    [Fact]
    public void Bounds_hold_without_fused_multiply_add()
    {
        if (!Fma.IsSupported)
        {
            return; // the machine has it always (arm64), or never, and then the tests above are what is asked for
        }

        string[] methods =
        [
            nameof(Exp_every_float_is_within_its_bound),
            nameof(Sigmoid_every_float_is_within_its_bound_or_below_the_normal_range),
            nameof(Tanh_every_float_is_within_its_bound),
        ];
        TestProcess.Run(typeof(VectorMathTests), methods, [.. TestProcess.WithoutFma, (UnfusedVariable, "1")]);
    }

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

    /// <summary>The bound is the largest error there is, rounded up to a tenth of an ulp: no less, and no more.</summary>
    private static void AssertLargestError(Func<Vector<float>, Vector<float>> function, FloatSweep.Reference reference, double fused, double unfused)
    {
        double bound = Fma.IsSupported || AdvSimd.IsSupported ? fused : unfused;
        FloatSweep sweep = new(function, reference, bound);
        bool exhaustive = Environment.GetEnvironmentVariable("SEQ_EXHAUSTIVE") == "1";
        bool child = Environment.GetEnvironmentVariable(UnfusedVariable) == "1"; // in the process that Bounds_hold_without_fused_multiply_add starts
        Assert.False(child && Fma.IsSupported, "fused multiply-add was to be off");
        uint step = child && !exhaustive ? UnfusedStep : 1;
        FloatSweep.Worst[] found =
        [
            sweep.Find(0, uint.MaxValue, exhaustive ? 1 : RareStep), sweep.Find(s_first, s_last, step), sweep.Find(Sign | s_first, Sign | s_last, step),
        ];
        FloatSweep.Worst worst = found.MaxBy(some => some.Error);
        Assert.True(
            worst.Error <= bound && (worst.Error > bound - 0.1 || step > 1),
            string.Create(CultureInfo.InvariantCulture, $"largest error {worst.Error:F3} ulp, at {worst.Argument:R}; stated is {bound}"));
    }

    /// <summary>(e^2x - 1) / (e^2x + 1), or near 0, where that cancels, the power series.</summary>
    private static void Tanh(ReadOnlySpan<double> arguments, Span<double> results)
    {
        double[] x = arguments.ToArray();
        TensorPrimitives.Add(arguments, arguments, results);
        TensorPrimitives.Exp(results, results);
        for (int i = 0; i < x.Length; i++)
        {
            double s = x[i] * x[i];
            results[i] = s < 1.0 / 4096 ? x[i] + (x[i] * s * (-1.0 / 3 + (s * (2.0 / 15 + (s * (-17.0 / 315 + (s * 62.0 / 2835)))))))
                : s > 400 ? Math.Sign(x[i])
                : (results[i] - 1) / (results[i] + 1);
        }
    }

    /// <summary>Below the normal range the result may be anything up to it: it counts as zero.</summary>
    private static Vector<float> NormalSigmoid(Vector<float> x)
    {
        Vector<float> y = VectorMath.Sigmoid(x);
        return Vector.ConditionalSelect(Vector.LessThan(y, new Vector<float>((float)SmallestNormal)), Vector<float>.Zero, y);
    }
}
