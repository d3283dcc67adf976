using System.Text.Json;
using Seq.Embedded.Tests.Weights;
using Seq.Embedded.Training;

namespace Seq.Embedded.Tests.Training;

public class AdamTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Update_several_steps_follows_PyTorch(int index)
    {
        JsonElement vector = TestVectors.ReadJson("training.json").GetProperty("adam")[index];
        AdamSettings settings = new()
        {
            Beta1 = vector.GetProperty("beta1").GetDouble(),
            Beta2 = vector.GetProperty("beta2").GetDouble(),
            Epsilon = vector.GetProperty("epsilon").GetDouble(),
            WeightDecay = vector.GetProperty("weightDecay").GetDouble(),
        };

        OptimizerVectors.Check($"Adam case {index}", vector, settings);
    }

    [Fact]
    public void Update_without_decay_is_AdamW_without_decay()
    {
        float[] p = [1, -2, 0.5f], other = [.. p], g = [0.1f, 3, -7], m = new float[3], v = new float[3], otherM = new float[3], otherV = new float[3];
        for (int step = 1; step <= 5; step++)
        {
            Adam.Update(p, g, m, v, new AdamSettings(), step, 0.01f, 0.7f);
            AdamW.Update(other, g, otherM, otherV, new AdamWSettings { WeightDecay = 0 }, step, 0.01f, 0.7f);
        }

        Assert.Equal(other, p);
        Assert.Equal(otherM, m);
        Assert.Equal(otherV, v);
    }

    [Fact]
    public void Update_element_does_not_depend_on_its_place() => OptimizerVectors.AssertPlaceDoesNotMatter(new AdamSettings { WeightDecay = 0.1 });

    [Fact]
    public void Update_padding_stays_zero_and_zero_rate_keeps_parameters() => OptimizerVectors.AssertPaddingStaysZero(new AdamSettings { WeightDecay = 0.1 });

    [Fact]
    public void Update_allocates_nothing()
    {
        float[] p = new float[100], g = new float[100], m = new float[100], v = new float[100];
        AdamSettings settings = new();
        LossAssert.AllocatesNothing(() => Adam.Update(p, g, m, v, settings, 1, 0.1f, 1));
    }

    [Fact]
    public void Update_invalid_arguments_are_refused()
    {
        float[] three = new float[3], two = new float[2];

        Assert.Throws<ArgumentNullException>(() => Adam.Update(three, three, three, three, null!, 1, 1, 1));
        Assert.Throws<ArgumentException>(() => Adam.Update(three, three, three, two, new AdamSettings(), 1, 1, 1));
        Assert.Equal("WeightDecay", Assert.Throws<ArgumentOutOfRangeException>(
            () => Adam.Update(three, three, three, three, new AdamSettings { WeightDecay = 1e300 }, 1, 1, 1)).ParamName);
    }
}
