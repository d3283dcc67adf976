using Seq.Embedded.Training;

namespace Seq.Embedded.Tests.Training;

public class GradientNormTests
{
    [Fact]
    public void Compute_every_length_matches_a_plain_sum()
    {
        CounterRandom random = new(5, 0);
        for (int length = 0; length < 70; length++)
        {
            float[] gradients = [.. Enumerable.Range(0, length).Select(i => random.GetGaussian((ulong)i) * MathF.Pow(10, i % 9 - 4))];
            double expected = Math.Sqrt(gradients.Sum(g => (double)g * g));

            double norm = GradientNorm.Compute(gradients);

            Assert.True(Math.Abs(norm - expected) <= 1e-14 * expected, $"length {length}: expected {expected}, actual {norm}");
        }
    }

    [Fact]
    public void Compute_adds_in_the_documented_order()
    {
        CounterRandom random = new(6, 0);
        float[] gradients = [.. Enumerable.Range(0, 1003).Select(i => random.GetGaussian((ulong)i))];
        double[] lanes = new double[8];
        for (int i = 0; i < 1000; i++)
        {
            lanes[i % 8] += (double)gradients[i] * gradients[i];
        }

        double total = (lanes[0] + lanes[2] + (lanes[4] + lanes[6])) + (lanes[1] + lanes[3] + (lanes[5] + lanes[7]));
        foreach (float rest in gradients[1000..])
        {
            total += (double)rest * rest;
        }

        Assert.Equal(Math.Sqrt(total), GradientNorm.Compute(gradients));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Compute_one_non_finite_gradient_anywhere_shows(float value)
    {
        for (int at = 0; at < 21; at++)
        {
            float[] gradients = new float[21];
            gradients[at] = value;
            Assert.False(double.IsFinite(GradientNorm.Compute(gradients)), $"index {at}");
        }
    }

    [Fact]
    public void Compute_largest_floats_do_not_overflow()
    {
        float[] gradients = [.. Enumerable.Repeat(float.MaxValue, 100)];

        Assert.Equal(10.0 * float.MaxValue, GradientNorm.Compute(gradients), 1e30);
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(0.5, 1, 1)]
    [InlineData(4, 1, 0.25)]
    [InlineData(1e30, 2, 2e-30)]
    [InlineData(4, double.PositiveInfinity, 1)]
    public void GetClipScale_limits_the_norm(double norm, double limit, double expected)
    {
        Assert.Equal(expected, GradientNorm.GetClipScale(norm, limit), expected * 1e-6);
    }

    [Theory]
    [InlineData(double.NaN, 1, "norm")]
    [InlineData(double.PositiveInfinity, 1, "norm")]
    [InlineData(-1, 1, "norm")]
    [InlineData(1, 0, "limit")]
    [InlineData(1, double.NaN, "limit")]
    public void GetClipScale_impossible_values_are_refused(double norm, double limit, string name)
    {
        Assert.Equal(name, Assert.Throws<ArgumentOutOfRangeException>(() => GradientNorm.GetClipScale(norm, limit)).ParamName);
    }
}
