using System.Text.Json;
using Seq.Embedded.Tests.Weights;
using Seq.Embedded.Training;

namespace Seq.Embedded.Tests.Training;

public class OneCycleScheduleTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void GetLearningRate_every_step_matches_PyTorch(int index)
    {
        JsonElement vector = TestVectors.ReadJson("training.json").GetProperty("oneCycle")[index];
        OneCycleSchedule schedule = new(
            (float)vector.GetProperty("max").GetDouble(), vector.GetProperty("total").GetInt32(), vector.GetProperty("warmUp").GetDouble(),
            vector.GetProperty("divFactor").GetDouble(), vector.GetProperty("finalDivFactor").GetDouble());

        double[] expected = [.. vector.GetProperty("rates").EnumerateArray().Select(rate => rate.GetDouble())];
        Assert.Equal(expected.Length, schedule.TotalSteps);
        for (int step = 0; step < expected.Length; step++)
        {
            double actual = schedule.GetLearningRate(step);
            Assert.True(
                Math.Abs(actual - expected[step]) <= 1e-6 * expected[step] + 1e-12,
                $"case {index}, step {step}: expected {expected[step]}, actual {actual}");
        }
    }

    [Theory]
    [InlineData(1, 0.3)]
    [InlineData(1, 1)]
    [InlineData(2, 0.5)]
    [InlineData(10, 0.1)]
    [InlineData(10, 0)]
    [InlineData(10, 1)]
    public void GetLearningRate_shortest_and_one_sided_schedules_stay_in_range(int totalSteps, double warmUp)
    {
        OneCycleSchedule schedule = new(0.1f, totalSteps, warmUp);
        for (int step = 0; step < totalSteps; step++)
        {
            Assert.InRange(schedule.GetLearningRate(step), 0.1f / 25 / 1.001e4f, 0.1f);
        }
    }

    [Fact]
    public void Constructor_and_step_outside_range_are_refused_by_name()
    {
        AssertRange("maxLearningRate", () => _ = new OneCycleSchedule(0, 10));
        AssertRange("maxLearningRate", () => _ = new OneCycleSchedule(float.NaN, 10));
        AssertRange("totalSteps", () => _ = new OneCycleSchedule(1, 0));
        AssertRange("warmUp", () => _ = new OneCycleSchedule(1, 10, 1.1));
        AssertRange("warmUp", () => _ = new OneCycleSchedule(1, 10, double.NaN));
        AssertRange("divFactor", () => _ = new OneCycleSchedule(1, 10, 0.3, 0));
        AssertRange("finalDivFactor", () => _ = new OneCycleSchedule(1, 10, 0.3, 25, -1));
        AssertRange("step", () => new OneCycleSchedule(1, 10).GetLearningRate(-1));
        AssertRange("step", () => new OneCycleSchedule(1, 10).GetLearningRate(10));
    }

    private static void AssertRange(string name, Action action) =>
        Assert.Equal(name, Assert.Throws<ArgumentOutOfRangeException>(action).ParamName);
}
