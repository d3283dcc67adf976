using Seq.Embedded.Training;

namespace Seq.Embedded.Models.Tests;

/// <summary>Models that read the whole sequence: every run is one of its own, of any length up to MaxSteps.</summary>
public class WholeSequenceTests
{
    private const int MaxSteps = 40;

    [Theory]
    [ClassData(typeof(WholeModelNames))]
    public void A_run_depends_on_neither_MaxSteps_nor_the_runs_before(string name)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 31);
        TestStream used = model.CreateStream(MaxSteps);
        foreach (int steps in new[] { 0, 1, 2, 7, 31, 33, MaxSteps, 0, 5 })
        {
            float[] inputs = TestData.Values(steps * model.Case.Input, steps);
            float[] expected = model.CreateStream(Math.Max(1, steps)).Run(inputs);
            Compare.SameBits(name, $"outputs of {steps} steps", expected, used.Run(inputs));

            // What another run leaves, NaN too, is no part of the next.
            float[] others = TestData.Values(3 * model.Case.Input, 99);
            others[^1] = float.NaN;
            used.Run(others);
            Compare.SameBits(name, $"outputs of {steps} steps after NaN", expected, used.Run(inputs));
        }
    }

    [Theory]
    [ClassData(typeof(WholeModelNames))]
    public void A_run_from_the_initial_state_given_is_a_run(string name)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 32);
        TestStream stream = model.CreateStream(MaxSteps);
        float[] inputs = TestData.Values(9 * model.Case.Input, 1), snapshot = new float[model.StateSize], outputs = new float[model.OutputLength(9)];
        float[] initial = new float[model.StateSize];
        stream.Run([], new float[model.OutputLength(0)]);
        stream.SaveState(initial);
        float[] expected = stream.Run(inputs);
        stream.SaveState(snapshot);
        Assert.NotEqual(initial, snapshot);
        stream.Run(inputs, initial, outputs);
        Compare.SameBits(name, "outputs", expected, outputs);

        float[] again = new float[model.StateSize];
        stream.SaveState(again);
        Compare.SameBits(name, "states", snapshot, again);

        // A state given goes into the outputs, and a run of no steps leaves it.
        stream.Run(inputs, snapshot, outputs);
        Assert.NotEqual(expected, outputs);
        stream.Run([], snapshot, outputs.AsSpan(0, model.OutputLength(0)));
        stream.SaveState(again);
        Compare.SameBits(name, "states after no step", snapshot, again);
    }

    [Fact]
    public void States_are_those_of_the_last_step_forward_and_of_the_first_in_reverse()
    {
        TestModel model = ModelCase.Of<Models.BidirectionalGruModel>().Create(seed: 33);
        TestStream stream = model.CreateStream(MaxSteps);
        const int Steps = 6, Units = 7;
        float[] outputs = stream.Run(TestData.Values(Steps * model.Case.Input, 2)), state = new float[model.StateSize];
        stream.SaveState(state);
        Compare.SameBits("states", "forward h", outputs.AsSpan((Steps - 1) * 2 * Units, Units), state.AsSpan(0, Units));
        Compare.SameBits("states", "reverse h", outputs.AsSpan(Units, Units), state.AsSpan(Units, Units));
    }

    [Fact]
    public void The_forward_half_of_a_given_state_continues_the_sequence()
    {
        // A snapshot of the forward direction continues, and in the reverse direction the later half comes first.
        TestModel model = ModelCase.Of<Models.BidirectionalGruModel>().Create(seed: 34);
        TestStream stream = model.CreateStream(MaxSteps);
        const int Steps = 10, Half = 4, Units = 7;
        int size = model.Case.Input;
        float[] inputs = TestData.Values(Steps * size, 3), expected = stream.Run(inputs), state = new float[model.StateSize], given = new float[model.StateSize];
        float[] late = new float[(Steps - Half) * 2 * Units];
        stream.Run(inputs.AsSpan(0, Half * size));
        stream.SaveState(state);
        state.AsSpan(0, Units).CopyTo(given);
        stream.Run(inputs.AsSpan(Half * size), given, late);
        Compare.SameBits("given state", "later outputs", expected.AsSpan(Half * 2 * Units), late);
    }

    [Theory]
    [ClassData(typeof(WholeModelNames))]
    public void Wrong_lengths_are_refused_and_named(string name)
    {
        TestModel model = ModelCase.Get(name).Create();
        TestStream stream = model.CreateStream(MaxSteps);
        int size = model.Case.Input;
        float[] one = new float[size], output = new float[model.OutputLength(1)];
        ArgumentException longer = Assert.Throws<ArgumentException>("inputs", () => stream.Run(new float[(MaxSteps + 1) * size], new float[model.OutputLength(MaxSteps + 1)]));
        Assert.StartsWith("inputs has 41 time steps; allowed: 0 to 40 (MaxSteps).", longer.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(model.Case.ManyToOne ? "output" : "outputs", () => stream.Run(one, new float[output.Length + 1]));
        Assert.Throws<ArgumentException>("initialState", () => stream.Run(one, new float[model.StateSize + 1], output));
        Assert.Throws<ArgumentException>("snapshot", () => stream.SaveState(new float[model.StateSize + 1]));
        Assert.Throws<ArgumentOutOfRangeException>("maxSteps", () => model.CreateStream(0));
        Assert.Throws<ArgumentOutOfRangeException>("maxSteps", () => model.CreateStream((1 << 24) + 1));
    }

    [Theory]
    [ClassData(typeof(WholeModelNames))]
    public void The_class_has_no_Step(string name)
    {
        Type type = ModelCase.Get(name).Create().Instance.GetType(), stream = type.GetNestedType("Stream")!;
        Assert.Equal(true, type.GetField("ReadsWholeSequence")!.GetValue(null));
        string[] strided = ModelCase.Get(name).OutputStride > 1 ? ["GetOutputSteps"] : [];
        Assert.Equal([.. strided, "Run", "Run", "SaveState", "get_MaxSteps"], stream.GetMethods().Where(method => method.DeclaringType == stream).Select(method => method.Name).Order());
    }

    [Theory]
    [ClassData(typeof(WholeModelNames))]
    public void Later_inputs_reach_the_outputs_of_earlier_steps(string name)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 35);
        float[] inputs = TestData.Values(5 * model.Case.Input, 4);
        float[] before = model.CreateStream().Run(inputs)[..model.OutputSize];
        inputs[^1] += 1;
        Assert.NotEqual(before, model.CreateStream().Run(inputs)[..model.OutputSize]);
    }
}
