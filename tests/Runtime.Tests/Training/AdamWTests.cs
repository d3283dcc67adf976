using System.Text.Json;
using Seq.Embedded.Tests.Weights;
using Seq.Embedded.Training;

namespace Seq.Embedded.Tests.Training;

public class AdamWTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Update_several_steps_follows_PyTorch(int index)
    {
        JsonElement vector = TestVectors.ReadJson("training.json").GetProperty("adamw")[index];
        AdamWSettings settings = new()
        {
            Beta1 = vector.GetProperty("beta1").GetDouble(),
            Beta2 = vector.GetProperty("beta2").GetDouble(),
            Epsilon = vector.GetProperty("epsilon").GetDouble(),
            WeightDecay = vector.GetProperty("weightDecay").GetDouble(),
        };

        OptimizerVectors.Check($"AdamW case {index}", vector, settings);
    }

    [Theory]
    [InlineData(1, 1f)]
    [InlineData(19, 0.37f)]
    [InlineData(64, 2.5f)]
    public void Update_scaled_gradients_follow_the_formula_in_double(int length, float scale)
    {
        const int Steps = 60;
        const double Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8, Decay = 0.05, Rate = 0.003f;
        AdamWSettings settings = new() { WeightDecay = Decay };
        CounterRandom random = new(1, (ulong)length);
        float[] p = new float[length], g = new float[length], m = new float[length], v = new float[length];
        double[] expected = new double[length], dm = new double[length], dv = new double[length], magnitude = new double[length];
        for (int i = 0; i < length; i++)
        {
            expected[i] = p[i] = random.GetGaussian((ulong)i);
        }

        for (int step = 1; step <= Steps; step++)
        {
            for (int i = 0; i < length; i++)
            {
                g[i] = random.GetGaussian((ulong)(step * length + i));
                double d = g[i] * (double)scale;
                dm[i] = (Beta1 * dm[i]) + ((1 - Beta1) * d);
                dv[i] = (Beta2 * dv[i]) + ((1 - Beta2) * d * d);
                double corrected1 = dm[i] / (1 - Math.Pow(Beta1, step));
                double corrected2 = dv[i] / (1 - Math.Pow(Beta2, step));
                expected[i] = expected[i] - (Rate * Decay * expected[i]) - (Rate * corrected1 / (Math.Sqrt(corrected2) + Epsilon));
            }

            AdamW.Update(p, g, m, v, settings, step, (float)Rate, scale);
            OptimizerVectors.UpdateMagnitude(magnitude, Array.ConvertAll(g, d => d * scale), Beta1, 1 - Beta1);
        }

        // Half a unit in the last place of a float per step is 60 * 6e-8.
        OptimizerVectors.AssertClose("parameters", expected, p, 4e-6);
        OptimizerVectors.AssertClose("first moment", dm, m, 4e-6, magnitude);
        OptimizerVectors.AssertClose("second moment", dv, v, 4e-6);
    }

    [Fact]
    public void Update_element_does_not_depend_on_its_place() => OptimizerVectors.AssertPlaceDoesNotMatter(new AdamWSettings());

    [Fact]
    public void Update_padding_stays_zero_and_zero_rate_keeps_parameters() => OptimizerVectors.AssertPaddingStaysZero(new AdamWSettings());

    [Fact]
    public void Update_allocates_nothing()
    {
        float[] p = new float[100], g = new float[100], m = new float[100], v = new float[100];
        AdamWSettings settings = new();
        AdamW.Update(p, g, m, v, settings, 1, 0.1f, 1);

        long before = GC.GetAllocatedBytesForCurrentThread();
        AdamW.Update(p, g, m, v, settings, 2, 0.1f, 1);
        double norm = GradientNorm.Compute(g);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(0, norm);
    }

    [Fact]
    public void Update_invalid_arguments_are_refused_by_name()
    {
        float[] three = new float[3], two = new float[2];
        AdamWSettings settings = new();

        Assert.Throws<ArgumentException>(() => AdamW.Update(three, two, three, three, settings, 1, 1, 1));
        Assert.Throws<ArgumentException>(() => AdamW.Update(three, three, two, three, settings, 1, 1, 1));
        Assert.Throws<ArgumentException>(() => AdamW.Update(three, three, three, two, settings, 1, 1, 1));
        AssertRange("step", settings, 0, 1);
        AssertRange("learningRate", settings, 1, -1);
        AssertRange("learningRate", settings, 1, float.NaN);
        AssertRange("learningRate", settings, 1, float.PositiveInfinity);
        AssertRange("Beta1", settings with { Beta1 = 1 }, 1, 1);
        AssertRange("Beta2", settings with { Beta2 = double.NaN }, 1, 1);
        AssertRange("Epsilon", settings with { Epsilon = 1e-60 }, 1, 1);
        AssertRange("WeightDecay", settings with { WeightDecay = -0.1 }, 1, 1);
    }

    private static void AssertRange(string name, AdamWSettings settings, int step, float rate)
    {
        float[] a = new float[3];
        Assert.Equal(name, Assert.Throws<ArgumentOutOfRangeException>(() => AdamW.Update(a, a, a, a, settings, step, rate, 1)).ParamName);
    }
}
