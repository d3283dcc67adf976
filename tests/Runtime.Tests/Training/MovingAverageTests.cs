using System.Text.Json;
using Seq.Embedded.Tests.Weights;
using Seq.Embedded.Training;

namespace Seq.Embedded.Tests.Training;

public class MovingAverageTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Update_every_step_matches_PyTorch(int index)
    {
        JsonElement vector = TestVectors.ReadJson("training.json").GetProperty("average")[index];
        double decay = vector.GetProperty("decay").GetDouble();
        float[] average = [];
        int step = 0;
        foreach (JsonElement expected in vector.GetProperty("steps").EnumerateArray())
        {
            float[] weights = expected.GetFloats("weights");
            average = step == 0 ? new float[weights.Length] : average;
            MovingAverage.Update(average, weights, step++ == 0 ? 0 : decay);
            OptimizerVectors.AssertClose($"case {index}, step {step}", expected.GetFloats("average"), average, 1e-6);
        }
    }

    [Fact]
    public void Update_element_does_not_depend_on_its_place()
    {
        float[] average = new float[35], values = new float[35];
        CounterRandom random = new(9, 1);
        for (int i = 0; i < values.Length; i++)
        {
            (average[i], values[i]) = (random.GetGaussian((ulong)i), random.GetGaussian((ulong)i + 50));
        }

        float[] single = [.. average.Zip(values, (a, v) =>
        {
            float[] one = [a];
            MovingAverage.Update(one, [v], 0.9);
            return one[0];
        })];

        MovingAverage.Update(average, values, 0.9);

        Assert.Equal(single, average);
        LossAssert.AllocatesNothing(() => MovingAverage.Update(average, values, 0.9));
    }

    [Fact]
    public void Update_invalid_arguments_are_refused()
    {
        Assert.Throws<ArgumentException>(() => MovingAverage.Update(new float[2], new float[3], 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => MovingAverage.Update(new float[2], new float[2], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => MovingAverage.Update(new float[2], new float[2], double.NaN));
    }
}
