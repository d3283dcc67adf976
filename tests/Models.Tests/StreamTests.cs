using Seq.Embedded.Training;

namespace Seq.Embedded.Models.Tests;

/// <summary>Steps, whole sequences, split sequences and the trainer's forward pass give the same bits.</summary>
public class StreamTests
{
    // Around the chunk of 32 steps in which Run works.
    private static readonly int[] Lengths = [0, 1, 2, 31, 32, 33, 100];

    /// <summary>All models that are streamed, and two that read whole sequences.</summary>
    public static TheoryData<string> SharedModels =>
    [
        .. ModelCase.All.Where(model => !model.ReadsWholeSequence).Select(model => model.Name), nameof(Models.CellDirectionsModel), nameof(Models.LastBidirectionalModel),
        nameof(Models.Int8KeywordModel),
    ];

    [Theory]
    [ClassData(typeof(ModelNames))]
    [ClassData(typeof(Int8ModelNames))]
    public void Run_gives_the_bits_of_the_steps(string name)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 21);
        foreach (float[] inputs in TestData.Sequences(model.Case, 6, Lengths))
        {
            Compare.SameBits(name, $"outputs of {inputs.Length / model.Case.Input} steps", model.CreateStream().Steps(inputs), model.CreateStream().Run(inputs));
        }
    }

    [Theory]
    [ClassData(typeof(ModelNames))]
    public void Forward_of_a_trainer_gives_the_bits_of_the_steps(string name)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 22);
        float[][] sequences = TestData.Sequences(model.Case, 7, [.. Lengths.Skip(1), 1, 33, 5, 5, 100, 2, 9, 31]);
        using SequenceTrainer trainer = model.CreateTrainer(new TrainerOptions { MaxBatch = sequences.Length, MaxSteps = 100, Threads = 2 });
        foreach (float[] inputs in sequences)
        {
            model.Add(trainer, inputs);
        }

        trainer.Forward(training: false);
        for (int i = 0; i < sequences.Length; i++)
        {
            Compare.SameBits(name, $"outputs of sequence {i}", model.CreateStream().Steps(sequences[i]), trainer.GetOutputs(i));
        }
    }

    [Theory]
    [ClassData(typeof(SteppedModelNames))]
    public void State_is_carried_over_any_split(string name)
    {
        const int Steps = 70;
        TestModel model = ModelCase.Get(name).Create(seed: 23);
        int size = model.Case.Input;
        float[] inputs = TestData.Values(Steps * size, 8);
        float[] expected = model.CreateStream().Steps(inputs);
        foreach (int split in new[] { 0, 1, 13, 32, 33, 64, Steps })
        {
            TestStream stream = model.CreateStream();
            float[] first = stream.Run(inputs.AsSpan(0, split * size)), rest = stream.Run(inputs.AsSpan(split * size));
            Compare.SameBits(name, $"Run split at {split}", expected, Joined(model, first, rest));

            stream.Reset();
            first = stream.Steps(inputs.AsSpan(0, split * size));
            rest = stream.Run(inputs.AsSpan(split * size));
            Compare.SameBits(name, $"steps to {split}, then Run", expected, Joined(model, first, rest));
        }
    }

    [Theory]
    [ClassData(typeof(SteppedModelNames))]
    public void Reset_gives_the_bits_of_a_new_stream(string name)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 24);
        float[] inputs = TestData.Values(5 * model.Case.Input, 9);
        TestStream stream = model.CreateStream();
        for (int before = 1; before <= 2; before++)
        {
            stream.Run(TestData.Values(before * model.Case.Input, before));
            stream.Reset();
            Compare.SameBits(name, $"after {before} steps and Reset", model.CreateStream().Run(inputs), stream.Run(inputs));
        }
    }

    [Theory]
    [ClassData(typeof(SteppedModelNames))]
    public void A_restored_snapshot_continues_with_the_same_bits(string name)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 25);
        float[] later = TestData.Values(6 * model.Case.Input, 10), snapshot = new float[model.StateSize], again = new float[model.StateSize];
        for (int before = 0; before <= 3; before++)
        {
            TestStream stream = model.CreateStream();
            stream.Run(TestData.Values(before * model.Case.Input, before));
            stream.SaveState(snapshot);
            float[] expected = stream.Steps(later);

            // Into a stream with another past, of an even and of an odd number of steps.
            // (It had NaN in its state, too: nothing of it is left.)
            for (int other = 0; other <= 1; other++)
            {
                TestStream target = model.CreateStream();
                float[] past = TestData.Values((5 + other) * model.Case.Input, 99);
                past[^1] = float.NaN;
                target.Run(past);
                target.RestoreState(snapshot);
                target.SaveState(again);
                Compare.SameBits(name, "snapshot of the restored state", snapshot, again);
                Compare.SameBits(name, $"after a snapshot at step {before}", expected, target.Steps(later));
            }
        }
    }

    [Theory]
    [MemberData(nameof(SharedModels))]
    public void Streams_on_several_threads_share_a_model(string name)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 26);
        float[][] inputs = TestData.Sequences(model.Case, 11, [.. Enumerable.Range(0, 12).Select(i => 20 + i)]);
        float[][] expected = [.. inputs.Select(sequence => model.CreateStream().Steps(sequence))];
        float[][] actual = new float[inputs.Length][];
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(thread => new Thread(() =>
        {
            for (int i = thread; i < inputs.Length; i += 4)
            {
                TestStream stream = model.CreateStream();
                for (int repeat = 0; repeat < 5; repeat++)
                {
                    stream.Reset();
                    actual[i] = repeat % 2 == 0 ? stream.Steps(inputs[i]) : stream.Run(inputs[i]);
                }
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        for (int i = 0; i < inputs.Length; i++)
        {
            Compare.SameBits(name, $"outputs of stream {i}", expected[i], actual[i]);
        }
    }

    [Theory]
    [ClassData(typeof(SteppedModelNames))]
    public void Spans_of_another_length_are_refused_and_named(string name)
    {
        TestModel model = ModelCase.Get(name).Create();
        TestStream stream = model.CreateStream();
        int size = model.Case.Input, outputs = model.OutputSize;
        float[] input = new float[size], output = new float[outputs];

        if (!model.Case.TakesTokens)
        {
            Refused("input", size, () => stream.Step(new float[size + 1], output));
        }

        Refused("output", outputs, () => stream.Step(input, new float[outputs + 1]));
        Refused("output", outputs, () => stream.Run(input, new float[outputs + 1]));
        Refused("snapshot", model.StateSize, () => stream.SaveState(new float[model.StateSize + 1]));
        Refused("snapshot", model.StateSize, () => stream.RestoreState(new float[model.StateSize + 1]));
        if (size > 1)
        {
            Refused("inputs", size, () => stream.Run(new float[size + 1], output));
        }
    }

    [Theory]
    [InlineData(nameof(Models.OpenSoftmaxModel))]
    [InlineData(nameof(Models.OpenSigmoidModel))]
    [InlineData(nameof(Models.OpenDenseOnlyModel))]
    [InlineData(nameof(Models.LastOpenModel))]
    public void The_output_of_a_step_may_replace_its_input(string name)
    {
        ModelCase open = ModelCase.Get(name);
        TestModel model = open.Create(seed: 27, outputs: open.Input);
        float[] expected = new float[open.Input], inPlace = TestData.Values(open.Input, 12);
        model.CreateStream().Step(inPlace, expected);
        model.CreateStream().Step(inPlace, inPlace);
        Compare.SameBits(name, "output", expected, inPlace);
    }

    [Theory]
    [ClassData(typeof(VectorModelNames))]
    public void A_NaN_input_reaches_the_outputs(string name)
    {
        TestModel model = ModelCase.Get(name).Create();
        float[] outputs = new float[model.OutputSize];
        float[] input = new float[model.Case.Input];
        Array.Fill(input, float.NaN);
        model.CreateStream().Step(input, outputs);

        Assert.All(outputs, output => Assert.True(float.IsNaN(output), $"{name}: {output}"));
    }

    [Theory]
    [InlineData(nameof(Models.ResidualGruModel))]
    [InlineData(nameof(Models.ResidualOutputModel))]
    public void The_output_of_a_residual_step_may_replace_its_input(string name)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 28);
        float[] expected = new float[model.OutputSize], inPlace = TestData.Values(model.OutputSize, 13);
        model.CreateStream().Step(inPlace, expected);
        model.CreateStream().Step(inPlace, inPlace);
        Compare.SameBits(name, "output", expected, inPlace);
    }

    private static void Refused(string argument, int allowed, Action call)
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(call);
        Assert.StartsWith(argument, exception.ParamName, StringComparison.Ordinal);
        Assert.Contains(allowed.ToString(System.Globalization.CultureInfo.InvariantCulture), exception.Message, StringComparison.Ordinal);
    }

    private static float[] Joined(TestModel model, float[] first, float[] rest) => model.Case.ManyToOne ? rest : [.. first, .. rest];
}
