using System.Text.Json;
using Seq.Embedded.Tests.Weights;
using Seq.Embedded.Training;

namespace Seq.Embedded.Tests.Training;

public class ScheduleTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void StepSchedule_every_step_matches_PyTorch(int index)
    {
        JsonElement vector = TestVectors.ReadJson("training.json").GetProperty("step")[index];
        Check(vector, new StepSchedule(Rate(vector), vector.GetProperty("size").GetInt32(), vector.GetProperty("gamma").GetDouble()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void CosineSchedule_every_step_matches_PyTorch_and_then_stays(int index)
    {
        JsonElement vector = TestVectors.ReadJson("training.json").GetProperty("cosine")[index];
        float least = (float)vector.GetProperty("least").GetDouble();
        CosineSchedule schedule = new(Rate(vector), vector.GetProperty("total").GetInt32(), least);
        Check(vector, schedule);
        Assert.Equal(least, schedule.GetLearningRate(schedule.TotalSteps + 1));
        Assert.Equal(least, schedule.GetLearningRate(int.MaxValue));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void WarmUpSchedule_every_step_matches_PyTorch(int index)
    {
        JsonElement vector = TestVectors.ReadJson("training.json").GetProperty("warmUp")[index];
        int after = vector.GetProperty("after").GetInt32();
        LearningRateSchedule follows = after == 0 ? new ConstantSchedule(Rate(vector)) : new CosineSchedule(Rate(vector), after);
        Check(vector, new WarmUpSchedule(follows, vector.GetProperty("steps").GetInt32(), vector.GetProperty("factor").GetDouble()));
    }

    [Fact]
    public void Schedules_allocate_nothing_and_refuse_negative_steps()
    {
        LearningRateSchedule[] all =
        [
            new ConstantSchedule(1), new StepSchedule(1, 3), new CosineSchedule(1, 10), new OneCycleSchedule(1, 10),
            new WarmUpSchedule(new ConstantSchedule(1), 4), new WarmUpSchedule(new StepSchedule(1, 2), 0, 1),
        ];
        Assert.All(all, schedule =>
        {
            LossAssert.AllocatesNothing(() => schedule.GetLearningRate(5));
            AssertRange("step", () => schedule.GetLearningRate(-1));
        });
    }

    [Fact]
    public void Constructors_refuse_values_out_of_range_by_name()
    {
        ConstantSchedule constant = new(1);
        AssertRange("learningRate", () => _ = new ConstantSchedule(float.NaN));
        AssertRange("learningRate", () => _ = new StepSchedule(-1, 1));
        AssertRange("stepSize", () => _ = new StepSchedule(1, 0));
        AssertRange("gamma", () => _ = new StepSchedule(1, 1, 0));
        AssertRange("gamma", () => _ = new StepSchedule(1, 1, 1.1));
        AssertRange("learningRate", () => _ = new CosineSchedule(float.PositiveInfinity, 1));
        AssertRange("totalSteps", () => _ = new CosineSchedule(1, 0));
        AssertRange("leastLearningRate", () => _ = new CosineSchedule(1, 1, 1.5f));
        AssertRange("leastLearningRate", () => _ = new CosineSchedule(1, 1, float.NaN));
        AssertRange("steps", () => _ = new WarmUpSchedule(constant, -1));
        AssertRange("startFactor", () => _ = new WarmUpSchedule(constant, 1, 1.5));
        Assert.Throws<ArgumentNullException>(() => _ = new WarmUpSchedule(null!, 1));
    }

    private static float Rate(JsonElement vector) => (float)vector.GetProperty("rate").GetDouble();

    private static void Check(JsonElement vector, LearningRateSchedule schedule)
    {
        double[] expected = vector.GetDoubles("rates");
        for (int step = 0; step < expected.Length; step++)
        {
            LossAssert.Close($"step {step}", expected[step], schedule.GetLearningRate(step), (1e-6 * expected[step]) + 1e-9);
        }
    }

    private static void AssertRange(string name, Action action) =>
        Assert.Equal(name, Assert.Throws<ArgumentOutOfRangeException>(action).ParamName);
}
