using System.Text.Json;
using Seq.Embedded.Tests.Weights;
using Seq.Embedded.Training;

namespace Seq.Embedded.Tests.Training;

public class GradientClipTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void ByValue_matches_PyTorch(int index)
    {
        JsonElement vector = TestVectors.ReadJson("training.json").GetProperty("clipValue")[index];
        float[] gradients = vector.GetFloats("gradients");

        GradientClip.ByValue(gradients, (float)vector.GetProperty("limit").GetDouble());

        Assert.Equal(vector.GetFloats("clipped"), gradients);
        double norm = vector.GetProperty("norm").GetDouble();
        LossAssert.Close("norm", norm, GradientNorm.Compute(gradients), 1e-12 * norm);
    }

    [Fact]
    public void ByValue_infinite_and_missing_numbers()
    {
        float[] gradients = [float.NegativeInfinity, float.NaN, 3];

        GradientClip.ByValue(gradients, float.PositiveInfinity);
        Assert.Equal([float.NegativeInfinity, float.NaN, 3], gradients);
        GradientClip.ByValue(gradients, 2);
        Assert.Equal([-2, float.NaN, 2], gradients);
        LossAssert.AllocatesNothing(() => GradientClip.ByValue(gradients, 1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(float.NaN)]
    public void ByValue_limit_out_of_range_is_refused(float limit) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientClip.ByValue(new float[1], limit));
}
