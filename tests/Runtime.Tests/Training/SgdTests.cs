using System.Text.Json;
using Seq.Embedded.Tests.Weights;
using Seq.Embedded.Training;

namespace Seq.Embedded.Tests.Training;

public class SgdTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Update_several_steps_follows_PyTorch(int index)
    {
        JsonElement vector = TestVectors.ReadJson("training.json").GetProperty("sgd")[index];
        SgdSettings settings = new()
        {
            Momentum = vector.GetProperty("momentum").GetDouble(),
            Dampening = vector.GetProperty("dampening").GetDouble(),
            Nesterov = vector.GetProperty("nesterov").GetBoolean(),
            WeightDecay = vector.GetProperty("weightDecay").GetDouble(),
        };

        OptimizerVectors.Check($"SGD case {index}", vector, settings);
    }

    public static TheoryData<SgdSettings> Kinds =>
    [
        new SgdSettings { WeightDecay = 0.1 },
        new SgdSettings { Momentum = 0.9, Dampening = 0.2 },
        new SgdSettings { Momentum = 0.9, Nesterov = true, WeightDecay = 0.1 },
    ];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Update_element_does_not_depend_on_its_place(SgdSettings settings) => OptimizerVectors.AssertPlaceDoesNotMatter(settings);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Update_padding_stays_zero_and_zero_rate_keeps_parameters(SgdSettings settings) => OptimizerVectors.AssertPaddingStaysZero(settings);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Update_allocates_nothing(SgdSettings settings)
    {
        float[] p = new float[100], g = new float[100], m = new float[settings.Momentum > 0 ? 100 : 0];
        LossAssert.AllocatesNothing(() => Sgd.Update(p, g, m, settings, 1, 0.1f, 1));
    }

    [Fact]
    public void Update_first_step_does_not_read_the_momentum()
    {
        float[] p = [1, 2], m = [float.NaN, 7];

        Sgd.Update(p, [1, 1], m, new SgdSettings { Momentum = 0.9, Dampening = 0.5 }, 1, 0.5f, 2);

        Assert.Equal([0f, 1f], p);
        Assert.Equal([2f, 2f], m);
    }

    [Fact]
    public void Update_invalid_arguments_are_refused_by_name()
    {
        float[] three = new float[3], two = new float[2];
        SgdSettings plain = new(), momentum = new() { Momentum = 0.5 };

        Assert.Throws<ArgumentException>(() => Sgd.Update(three, two, [], plain, 1, 1, 1));
        Assert.Contains("allowed: 0", Assert.Throws<ArgumentException>(() => Sgd.Update(three, three, three, plain, 1, 1, 1)).Message, StringComparison.Ordinal);
        Assert.Contains("allowed: 3", Assert.Throws<ArgumentException>(() => Sgd.Update(three, three, [], momentum, 1, 1, 1)).Message, StringComparison.Ordinal);
        AssertRange("step", momentum, 0, 1);
        AssertRange("learningRate", momentum, 1, float.NaN);
        AssertRange("Momentum", momentum with { Momentum = 1 }, 1, 1);
        AssertRange("Dampening", momentum with { Dampening = -0.1 }, 1, 1);
        AssertRange("WeightDecay", momentum with { WeightDecay = double.PositiveInfinity }, 1, 1);
        Assert.All(
            new[] { plain with { Nesterov = true }, momentum with { Nesterov = true, Dampening = 0.1 } },
            settings => Assert.Contains("no dampening", Assert.Throws<ArgumentException>(
                () => Sgd.Update(three, three, settings.Momentum > 0 ? three : [], settings, 1, 1, 1)).Message, StringComparison.Ordinal));
    }

    private static void AssertRange(string name, SgdSettings settings, int step, float rate)
    {
        float[] a = new float[3];
        Assert.Equal(name, Assert.Throws<ArgumentOutOfRangeException>(() => Sgd.Update(a, a, a, settings, step, rate, 1)).ParamName);
    }
}
