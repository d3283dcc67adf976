using System.Text.Json;
using Seq.Embedded.Tests.Weights;
using Seq.Embedded.Training;

namespace Seq.Embedded.Tests.Training;

public class BinaryCrossEntropyTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Compute_loss_and_gradient_are_those_of_PyTorch(int index)
    {
        JsonElement vector = TestVectors.ReadJson("losses.json").GetProperty("bce")[index];
        int size = vector.GetProperty("outputs").GetInt32();
        float[] p = vector.GetFloats("probabilities"), targets = vector.GetFloats("targets"), gradients = new float[p.Length];
        float scale = 1f / p.Length;

        double loss = WeightedRows.Sum(BinaryCrossEntropy.Compute, size, p, targets, [], scale, gradients);

        double expected = vector.GetProperty("mean").GetDouble();

        // 1 - p is exact in float from p = 1/2 up and rounded below, to 6e-8.
        LossAssert.Close($"case {index}, loss", expected, loss * scale, 2e-6 * Math.Max(1, expected));
        LossAssert.Close($"case {index}, gradient", vector.GetDoubles("gradients"), gradients, 1e-5);
    }

    [Fact]
    public void Compute_saturated_probabilities_cost_a_finite_loss_and_keep_their_gradient()
    {
        float[] gradient = new float[4];

        double loss = BinaryCrossEntropy.Compute([0, 1, 0, 1], [1, 0, 0, 1], 0.5f, gradient);

        Assert.Equal(87.3365 + (25 * Math.Log(2)), loss, 1e-3);
        Assert.Equal([-0.5f, 0.5f, 0f, 0f], gradient);
    }

    [Fact]
    public void Compute_in_place_gives_the_same_gradient()
    {
        float[] probabilities = [0.25f, 0.5f];

        double loss = BinaryCrossEntropy.Compute(probabilities, [1, 0], 2, probabilities);

        Assert.Equal([-1.5f, 1f], probabilities);
        Assert.Equal(Math.Log(4) + Math.Log(2), loss, 1e-12);
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(1f)]
    [InlineData(0.5f)]
    public void Compute_NaN_probability_shows(float target)
    {
        float[] gradient = new float[2];

        Assert.True(double.IsNaN(BinaryCrossEntropy.Compute([float.NaN, 0.5f], [target, 1], 1, gradient)));
        Assert.True(float.IsNaN(gradient[0]));
        Assert.Equal(-0.5f, gradient[1]);
    }

    [Theory]
    [InlineData(-0.1f)]
    [InlineData(1.001f)]
    [InlineData(float.NaN)]
    public void Compute_target_outside_range_is_refused_and_nothing_written(float target)
    {
        float[] gradient = [7, 8];

        ArgumentOutOfRangeException e = Assert.Throws<ArgumentOutOfRangeException>(
            () => BinaryCrossEntropy.Compute([0.5f, 0.5f], [1, target], 1, gradient));

        Assert.Contains("The target of value 1 must be 0 to 1.", e.Message, StringComparison.Ordinal);
        Assert.Equal([7f, 8f], gradient);
    }

    [Fact]
    public void Compute_lengths_that_differ_are_refused()
    {
        Assert.Equal("targets", Assert.Throws<ArgumentException>(() => BinaryCrossEntropy.Compute([0.5f, 0.5f], [0], 1, new float[2])).ParamName);
        Assert.Equal("logitsGradient", Assert.Throws<ArgumentException>(() => BinaryCrossEntropy.Compute([0.5f, 0.5f], [0, 1], 1, new float[3])).ParamName);
    }

    [Fact]
    public void PassSigmoid_gives_the_gradient_after_the_slope_whatever_the_activation_was()
    {
        float[] gradient = [0.1f, -1, 3e-20f, 1], activations = [0, 1, 0.3f, 1], before = [.. gradient];

        BinaryCrossEntropy.PassSigmoid(gradient, activations);

        Assert.Equal(before, gradient.Zip(activations, (d, y) => d * y * (1 - y)));
    }
}
