using Seq.Embedded.Training;

namespace Seq.Embedded.Tests.Training;

public class SoftmaxCrossEntropyTests
{
    [Fact]
    public void Compute_gradient_is_the_slope_of_the_loss()
    {
        const double Delta = 1e-6;
        const float Scale = 0.25f;
        double[] logits = [0.3, -1.2, 2.5, 0];
        float[] posteriors = [.. Softmax(logits).Select(p => (float)p)];
        for (int label = 0; label < logits.Length; label++)
        {
            float[] gradient = new float[4];

            double loss = SoftmaxCrossEntropy.Compute(posteriors, label, Scale, gradient);

            Assert.Equal(-Math.Log(Softmax(logits)[label]), loss, 1e-6);
            for (int k = 0; k < logits.Length; k++)
            {
                double[] up = [.. logits], down = [.. logits];
                up[k] += Delta;
                down[k] -= Delta;
                double slope = Scale * (Math.Log(Softmax(down)[label]) - Math.Log(Softmax(up)[label])) / (2 * Delta);
                Assert.Equal(slope, gradient[k], 1e-6);
            }
        }
    }

    [Fact]
    public void Compute_in_place_gives_the_same_gradient()
    {
        float[] posteriors = [0.25f, 0.5f, 0.25f];

        double loss = SoftmaxCrossEntropy.Compute(posteriors, 1, 2, posteriors);

        Assert.Equal([0.5f, -1f, 0.5f], posteriors);
        Assert.Equal(Math.Log(2), loss, 1e-12);
    }

    [Fact]
    public void Compute_ignored_label_clears_the_gradient()
    {
        float[] gradient = [1, 2];

        Assert.Equal(0, SoftmaxCrossEntropy.Compute([0.5f, float.NaN], SoftmaxCrossEntropy.Ignore, 1, gradient));
        Assert.Equal([0f, 0f], gradient);
    }

    [Fact]
    public void Compute_zero_posterior_costs_a_finite_loss_and_NaN_shows()
    {
        float[] gradient = new float[2];

        Assert.Equal(87.3365, SoftmaxCrossEntropy.Compute([1, 0], 1, 1, gradient), 1e-3);
        Assert.Equal([1f, -1f], gradient);
        Assert.True(double.IsNaN(SoftmaxCrossEntropy.Compute([float.NaN, 0], 0, 1, gradient)));
        Assert.True(float.IsNaN(gradient[0]));
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(2)]
    public void Compute_label_outside_range_is_refused(int label)
    {
        ArgumentOutOfRangeException e = Assert.Throws<ArgumentOutOfRangeException>(
            () => SoftmaxCrossEntropy.Compute([0.5f, 0.5f], label, 1, new float[2]));

        Assert.Contains("0 to 1, or -1", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compute_lengths_that_differ_are_refused()
    {
        Assert.Throws<ArgumentException>(() => SoftmaxCrossEntropy.Compute([0.5f, 0.5f], 0, 1, new float[3]));
    }

    private static double[] Softmax(double[] logits)
    {
        double sum = logits.Sum(Math.Exp);
        return [.. logits.Select(logit => Math.Exp(logit) / sum)];
    }
}
