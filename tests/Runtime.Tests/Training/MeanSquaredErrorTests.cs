using System.Text.Json;
using Seq.Embedded.Tests.Weights;
using Seq.Embedded.Training;

namespace Seq.Embedded.Tests.Training;

public class MeanSquaredErrorTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Compute_loss_and_gradient_are_those_of_PyTorch(int index)
    {
        JsonElement vector = TestVectors.ReadJson("losses.json").GetProperty("mse")[index];
        int size = vector.GetProperty("outputs").GetInt32();
        float[] y = vector.GetFloats("values"), targets = vector.GetFloats("targets"), gradients = new float[y.Length];
        float scale = (float)size / y.Length;

        double loss = WeightedRows.Sum(MeanSquaredError.Compute, size, y, targets, [], scale, gradients);

        double expected = vector.GetProperty("mean").GetDouble();
        LossAssert.Close($"case {index}, loss", expected, loss * scale, 2e-6 * expected);
        LossAssert.Close($"case {index}, gradient", vector.GetDoubles("gradients"), gradients, 1e-6);
    }

    [Fact]
    public void Compute_in_place_gives_the_same_gradient_and_NaN_shows()
    {
        float[] row = [3, float.NaN, 1, 0];

        Assert.True(double.IsNaN(MeanSquaredError.Compute(row, [1, 0, 1, 2], 0.5f, row)));
        Assert.Equal([0.5f, float.NaN, 0f, -0.5f], row);
        Assert.Equal(0, MeanSquaredError.Compute([], [], 1, []));
    }

    [Fact]
    public void Compute_lengths_that_differ_are_refused()
    {
        Assert.Equal("targets", Assert.Throws<ArgumentException>(() => MeanSquaredError.Compute([0, 1], [0], 1, new float[2])).ParamName);
        Assert.Equal("gradient", Assert.Throws<ArgumentException>(() => MeanSquaredError.Compute([0, 1], [0, 1], 1, new float[1])).ParamName);
    }
}
