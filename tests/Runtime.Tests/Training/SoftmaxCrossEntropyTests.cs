using System.Text.Json;
using Seq.Embedded.Tests.Weights;
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

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Compute_class_weights_and_label_smoothing_follow_PyTorch(int index)
    {
        JsonElement vector = TestVectors.ReadJson("losses.json").GetProperty("crossEntropy")[index];
        int classes = vector.GetProperty("classes").GetInt32();
        float smoothing = (float)vector.GetProperty("smoothing").GetDouble();
        float[] weights = vector.GetFloats("weights"), posteriors = vector.GetFloats("posteriors"), gradients = new float[posteriors.Length];
        int[] labels = [.. vector.GetProperty("labels").EnumerateArray().Select(label => label.GetInt32())];
        double Sum(float scale)
        {
            double sum = 0;
            for (int row = 0; row < labels.Length; row++)
            {
                int at = row * classes;
                sum += SoftmaxCrossEntropy.Compute(posteriors.AsSpan(at, classes), labels[row], scale, gradients.AsSpan(at, classes), weights, smoothing);
            }

            return sum;
        }

        double expected = vector.GetProperty("sum").GetDouble(), mean = vector.GetProperty("mean").GetDouble();
        LossAssert.Close($"case {index}, sum", expected, Sum(1), 1e-6 * expected);
        LossAssert.Close($"case {index}, gradients of the sum", vector.GetDoubles("sumGradients"), gradients, 1e-6);

        double total = SoftmaxCrossEntropy.GetTotalWeight(labels, weights);
        LossAssert.Close($"case {index}, mean", mean, Sum((float)(1 / total)) / total, 1e-6 * mean);
        LossAssert.Close($"case {index}, gradients of the mean", vector.GetDoubles("meanGradients"), gradients, 1e-6);
    }

    [Fact]
    public void Compute_without_weights_and_smoothing_is_the_plain_loss_and_weights_of_one_are_too()
    {
        float[] posteriors = [0.2f, 0.7f, 0.1f], plain = new float[3], none = new float[3], ones = new float[3];

        double loss = SoftmaxCrossEntropy.Compute(posteriors, 2, 0.3f, plain);

        Assert.Equal(loss, SoftmaxCrossEntropy.Compute(posteriors, 2, 0.3f, none, default));
        Assert.Equal(plain, none);
        Assert.Equal(loss, SoftmaxCrossEntropy.Compute(posteriors, 2, 0.3f, ones, [1, 1, 1]), 1e-12);
        Assert.All(plain.Zip(ones), pair => Assert.Equal(pair.First, pair.Second, 1e-7));
    }

    [Fact]
    public void Compute_a_posterior_of_zero_that_smoothing_asks_for_costs_a_finite_loss_and_a_class_of_no_weight_none()
    {
        float[] gradient = new float[2];

        Assert.Equal(0.05 * 87.3365, SoftmaxCrossEntropy.Compute([1, 0], 0, 1, gradient, [], 0.1f), 1e-3);
        Assert.Equal(0.05, gradient[0], 1e-6);
        Assert.Equal(-0.05, gradient[1], 1e-6);
        Assert.Equal(0, SoftmaxCrossEntropy.Compute([1, 0], 0, 1, gradient, [2, 0], 0.1f));
        Assert.Equal([0f, 0f], gradient);
    }

    [Fact]
    public void Compute_weights_and_smoothing_out_of_range_are_refused_before_anything_is_written()
    {
        float[] gradient = [7, 7];
        void Refused(string name, float[] weights, float smoothing, int label = 0) => Assert.Equal(
            name, Assert.ThrowsAny<ArgumentException>(() => SoftmaxCrossEntropy.Compute([0.5f, 0.5f], label, 1, gradient, weights, smoothing)).ParamName);

        Refused("classWeights", [1], 0);
        Refused("classWeights", [1, -1], 0);
        Refused("classWeights", [1, float.NaN], 0);
        Refused("labelSmoothing", [], -0.1f);
        Refused("labelSmoothing", [], float.NaN);
        Refused("label", [1, 1], 0.1f, label: 2);
        Refused("label", [1, 1], 0.1f, label: -2);
        Assert.Equal([7f, 7f], gradient);
        float[] posteriors = [0.5f, 0.5f], twice = [1, 2];
        LossAssert.AllocatesNothing(() => SoftmaxCrossEntropy.Compute(posteriors, 1, 1, gradient, twice, 0.1f));
    }

    [Fact]
    public void GetTotalWeight_sums_the_weights_of_the_rows_that_count()
    {
        Assert.Equal(3, SoftmaxCrossEntropy.GetTotalWeight([0, -1, 5, 2]));
        Assert.Equal(2.5, SoftmaxCrossEntropy.GetTotalWeight([0, -1, 1, 0], [0.5f, 1.5f]));
        Assert.Throws<ArgumentOutOfRangeException>(() => SoftmaxCrossEntropy.GetTotalWeight([2], [0.5f, 1.5f]));
        Assert.Throws<ArgumentOutOfRangeException>(() => SoftmaxCrossEntropy.GetTotalWeight([-2]));
    }

    private static double[] Softmax(double[] logits)
    {
        double sum = logits.Sum(Math.Exp);
        return [.. logits.Select(logit => Math.Exp(logit) / sum)];
    }
}
