using System.Numerics;
using Seq.Embedded.Kernels;

namespace Seq.Embedded.Tests.Kernels;

public class ElementwiseTests
{
    private delegate void SpanFunction(Span<float> inPlace);

    private delegate Vector<float> VectorFunction(Vector<float> x);

    [Fact]
    public void Sigmoid_any_length_equals_VectorMath_and_stays_inside() => Check(Elementwise.Sigmoid, VectorMath.Sigmoid);

    [Fact]
    public void Tanh_any_length_equals_VectorMath_and_stays_inside() => Check(Elementwise.Tanh, VectorMath.Tanh);

    [Fact]
    public void Relu_any_length_equals_VectorMath_and_stays_inside() => Check(Elementwise.Relu, VectorMath.Relu);

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(16)]
    [InlineData(37)]
    public void Softmax_equals_double_precision(int length)
    {
        float[] x = KernelTestData.Random(length, seed: length, scale: 20);
        double[] exps = [.. x.Select(v => Math.Exp(v - x.Max()))]; // the difference rounded to float, as the function does
        Elementwise.Softmax(x);
        for (int i = 0; i < length; i++)
        {
            double expected = exps[i] / exps.Sum();
            Assert.True(Math.Abs(expected - x[i]) <= 3e-7 * expected + 1e-45, $"[{i}]: expected {expected:R}, actual {x[i]:R}");
        }
    }

    [Fact]
    public void Softmax_of_large_and_masked_logits_does_not_overflow()
    {
        float[] x = [3e38f, float.NegativeInfinity, 3e38f, -3e38f];
        Elementwise.Softmax(x);
        Assert.Equal([0.5f, 0f, 0.5f, 0f], x);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Softmax_of_an_unusable_logit_is_NaN_everywhere(float bad)
    {
        float[] x = [1, 2, bad, 3];
        Elementwise.Softmax(x);
        Assert.All(x, value => Assert.True(float.IsNaN(value), $"{value}"));
    }

    [Fact]
    public void Softmax_of_nothing_does_nothing() => Elementwise.Softmax([]);

    [Fact]
    public void Functions_allocate_nothing()
    {
        float[] x = KernelTestData.Random(37, seed: 1);
        KernelTestData.AssertAllocatesNothing(() =>
        {
            Elementwise.Sigmoid(x);
            Elementwise.Tanh(x);
            Elementwise.Relu(x);
            Elementwise.Softmax(x);
        });
    }

    private static void Check(SpanFunction function, VectorFunction reference)
    {
        for (int length = 0; length <= 2 * Vector<float>.Count + 1; length++)
        {
            float[] x = KernelTestData.Random(length + 2, seed: length, scale: 5);
            float[] result = [.. x];
            function(result.AsSpan(1, length));
            for (int i = 0; i < x.Length; i++)
            {
                float expected = i >= 1 && i <= length ? reference(new Vector<float>(x[i]))[0] : x[i];
                Assert.True(expected == result[i], $"length {length} [{i}]: expected {expected:R}, actual {result[i]:R}");
            }
        }
    }
}
