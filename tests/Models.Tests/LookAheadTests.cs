namespace Seq.Embedded.Models.Tests;

/// <summary>Models that are streamed in chunks: what comes when, what it depends on, and what is refused.</summary>
public class LookAheadTests
{
    [Theory]
    [ClassData(typeof(LookAheadModelNames))]
    public void Outputs_come_with_the_last_step_of_a_chunk_and_with_Flush(string name)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 41);
        TestStream stream = model.CreateStream();
        int n = model.Case.LookAhead, size = model.Case.Input;
        float[] inputs = TestData.Values(((3 * n) + n - 1) * size, 1), rows = new float[n * model.OutputSize];
        for (int t = 0; t < inputs.Length / size; t++)
        {
            Array.Fill(rows, 7);
            Assert.Equal(t % n == n - 1, stream.StepOf(inputs.AsSpan(t * size, size), rows));
            Assert.Equal(t % n != n - 1, rows.All(value => value == 7));
        }

        Array.Fill(rows, 7);
        Assert.Equal(n - 1, stream.Flush(rows));
        Assert.All(rows[^model.OutputSize..], value => Assert.Equal(7, value));
        Assert.Equal(0, stream.Flush(rows));
    }

    [Theory]
    [ClassData(typeof(LookAheadModelNames))]
    public void Runs_may_be_split_between_chunks(string name)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 42);
        int n = model.Case.LookAhead, size = model.Case.Input;
        float[] inputs = TestData.Values(((5 * n) + 1) * size, 2), expected = model.CreateStream().Run(inputs);
        TestStream stream = model.CreateStream();
        float[] first = stream.Run(inputs.AsSpan(0, 2 * n * size)), second = stream.Steps(inputs.AsSpan(2 * n * size, n * size)), third = stream.Run(inputs.AsSpan(3 * n * size));
        Compare.SameBits(name, "outputs", expected, [.. first, .. second, .. third]);
    }

    [Theory]
    [ClassData(typeof(LookAheadModelNames))]
    public void A_restored_snapshot_continues_with_the_same_bits(string name)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 43);
        float[] later = TestData.Values(6 * model.Case.Input, 3), snapshot = new float[model.StateSize], rows = new float[model.Case.LookAhead * model.OutputSize];
        for (int before = 0; before <= 9; before++)
        {
            TestStream stream = model.CreateStream(), target = model.CreateStream();
            stream.Run(TestData.Values(before * model.Case.Input, before));
            stream.SaveState(snapshot);
            float[] past = TestData.Values(5 * model.Case.Input, 99);
            past[^1] = float.NaN;
            target.Run(past);
            target.StepOf(past.AsSpan(0, model.Case.Input), rows);
            target.RestoreState(snapshot);
            Compare.SameBits(name, $"after a snapshot at step {before}", stream.Steps(later), target.Steps(later));
        }
    }

    [Theory]
    [ClassData(typeof(LookAheadModelNames))]
    public void Reset_drops_what_waits(string name)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 44);
        float[] inputs = TestData.Values(7 * model.Case.Input, 4), rows = new float[model.Case.LookAhead * model.OutputSize];
        TestStream stream = model.CreateStream();
        stream.Run(inputs);
        stream.StepOf(inputs.AsSpan(0, model.Case.Input), rows);
        stream.Reset();
        Compare.SameBits(name, "outputs", model.CreateStream().Run(inputs), stream.Run(inputs));
    }

    [Theory]
    [ClassData(typeof(LookAheadModelNames))]
    public void Inputs_of_a_later_chunk_reach_no_output(string name)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 45);
        int n = model.Case.LookAhead, chunk = n * model.OutputSize;
        float[] inputs = TestData.Values(2 * n * model.Case.Input, 5), before = model.CreateStream().Run(inputs);
        inputs[^1] += 1;
        float[] after = model.CreateStream().Run(inputs);
        Compare.SameBits(name, "outputs of the first chunk", before.AsSpan(0, chunk), after.AsSpan(0, chunk));
        Assert.NotEqual(before[chunk..(chunk + model.OutputSize)], after[chunk..(chunk + model.OutputSize)]);
    }

    [Theory]
    [InlineData(nameof(Models.LookAheadThreeModel))]
    [InlineData(nameof(Models.LookAheadEightModel))]
    public void What_cannot_be_done_while_steps_wait_is_refused(string name)
    {
        TestModel model = ModelCase.Get(name).Create();
        TestStream stream = model.CreateStream();
        float[] input = new float[model.Case.Input], rows = new float[model.Case.LookAhead * model.OutputSize];
        stream.StepOf(input, rows);
        stream.StepOf(input, rows);
        const string Message = "2 time steps wait for their chunk; allowed: 0. Call Flush or Reset first.";
        Assert.Equal(Message, Assert.Throws<InvalidOperationException>(() => stream.SaveState(new float[model.StateSize])).Message);
        Assert.Equal(Message, Assert.Throws<InvalidOperationException>(() => stream.Run(input, new float[model.OutputSize])).Message);
        Assert.Equal(2, stream.Flush(rows));
        stream.SaveState(new float[model.StateSize]);
        stream.Run(input, new float[model.OutputSize]);
    }

    [Theory]
    [ClassData(typeof(LookAheadModelNames))]
    public void Spans_of_another_length_are_refused_and_named(string name)
    {
        TestModel model = ModelCase.Get(name).Create();
        TestStream stream = model.CreateStream();
        float[] input = new float[model.Case.Input], rows = new float[model.Case.LookAhead * model.OutputSize];
        Assert.Throws<ArgumentException>("input", () => stream.StepOf(new float[input.Length + 1], rows));
        Assert.Throws<ArgumentException>("outputs", () => stream.StepOf(input, new float[rows.Length + 1]));
        Assert.Throws<ArgumentException>("outputs", () => stream.Flush(new float[rows.Length - 1]));
        Assert.Throws<ArgumentException>("outputs", () => stream.Run(input, new float[model.OutputSize + 1]));
        Assert.Throws<ArgumentException>("snapshot", () => stream.SaveState(new float[model.StateSize + 1]));
        Assert.Throws<ArgumentException>("snapshot", () => stream.RestoreState(new float[model.StateSize + 1]));
        Assert.Equal(0, stream.Flush(rows));
    }
}
