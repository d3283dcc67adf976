using Seq.Embedded.Models.Tests.Models;
using Seq.Embedded.Models.Tests.Reference;
using Seq.Embedded.Training;

namespace Seq.Embedded.Models.Tests;

/// <summary>Training of sequences that begin with a given state, and of tokens.</summary>
public class InitialStateTests
{
    private static readonly int[] Lengths = [4, 1, 6, 3];

    [Theory]
    [ClassData(typeof(ModelNames))]
    public void Forward_from_a_given_state_gives_the_bits_of_a_stream_with_that_state(string name)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 41);
        float[][] inputs = TestData.Sequences(model.Case, 12, Lengths);
        using SequenceTrainer trainer = model.CreateTrainer(new TrainerOptions { MaxBatch = inputs.Length, MaxSteps = 6 });
        if (model.Case.BeginsAnew)
        {
            Assert.Contains("begin anew", Assert.Throws<InvalidOperationException>(() => model.Add(trainer, inputs[0], State(model, 0))).Message, StringComparison.Ordinal);
            Assert.Equal(0, trainer.Count);
            return;
        }

        TestStream stream = model.CreateStream();

        // Twice: the second time sequences without a state follow those with one.
        for (int round = 0; round < 2; round++)
        {
            trainer.Clear();
            for (int i = 0; i < inputs.Length; i++)
            {
                if ((i + round) % 2 == 0)
                {
                    model.Add(trainer, inputs[i], State(model, i));
                }
                else
                {
                    model.Add(trainer, inputs[i]);
                }
            }

            trainer.Forward(training: false);
            for (int i = 0; i < inputs.Length; i++)
            {
                float[] expected = (i + round) % 2 == 0 ? RunFrom(stream, model, inputs[i], State(model, i)) : model.CreateStream().Run(inputs[i]);
                Compare.SameBits(name, $"outputs of sequence {i}", expected, trainer.GetOutputs(i));
            }
        }
    }

    [Theory]
    [ClassData(typeof(ModelNames))]
    public void SaveState_gives_the_bits_of_a_stream_after_the_same_time_steps(string name)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 43);

        // More than a shard holds, so that sequences lie in several.
        float[][] inputs = TestData.Sequences(model.Case, 13, [.. Enumerable.Range(0, 19).Select(i => 1 + (i % 6))]);
        using SequenceTrainer trainer = model.CreateTrainer(new TrainerOptions { MaxBatch = inputs.Length, MaxSteps = 6 });
        float[] snapshot = new float[model.StateSize], expected = new float[model.StateSize];
        if (model.Case.BeginsAnew)
        {
            Assert.Contains("begin anew", Assert.Throws<InvalidOperationException>(() => trainer.SaveState(0, snapshot)).Message, StringComparison.Ordinal);
            return;
        }

        for (int i = 0; i < inputs.Length; i++)
        {
            model.Add(trainer, inputs[i]);
        }

        Assert.Contains("must follow Forward", Assert.Throws<InvalidOperationException>(() => trainer.SaveState(0, snapshot)).Message, StringComparison.Ordinal);
        trainer.Forward(training: false);
        foreach (bool wentBack in new[] { false, true })
        {
            for (int i = 0; i < inputs.Length; i++)
            {
                TestStream stream = model.CreateStream();
                stream.Run(inputs[i]);
                stream.SaveState(expected);
                trainer.SaveState(i, snapshot);
                Compare.SameBits(name, $"state of sequence {i}", expected, snapshot);
            }

            if (!wentBack)
            {
                trainer.Backward();
            }
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => trainer.SaveState(inputs.Length, snapshot));
        Assert.Throws<ArgumentException>(() => trainer.SaveState(0, new float[model.StateSize + 1]));
    }

    [Theory]
    [ClassData(typeof(ModelNames))]
    public void Pieces_that_go_on_from_the_state_before_give_the_bits_of_the_whole_sequence(string name)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 44);
        int chunk = Math.Max(model.Case.LookAhead, 1), steps = 5 * chunk, first = 2 * chunk;
        if (model.Case.BeginsAnew || model.Case.ReadsWholeSequence || model.Case.ManyToOne)
        {
            // These have no output per time step that depends on what was before only.
            return;
        }

        float[] inputs = TestData.Values(steps * model.Case.Input, 5), state = new float[model.StateSize];
        using SequenceTrainer trainer = model.CreateTrainer(new TrainerOptions { MaxBatch = 1, MaxSteps = steps });
        model.Add(trainer, inputs);
        trainer.Forward(training: false);
        float[] whole = trainer.GetOutputs(0).ToArray();

        trainer.Clear();
        model.Add(trainer, inputs.AsSpan(0, first * model.Case.Input));
        trainer.Forward(training: false);
        float[] pieces = [.. trainer.GetOutputs(0)];
        trainer.SaveState(0, state);
        trainer.Backward();
        trainer.Update(0);
        model.Add(trainer, inputs.AsSpan(first * model.Case.Input), state);
        trainer.Forward(training: false);
        Compare.SameBits(name, "outputs", whole, [.. pieces, .. trainer.GetOutputs(0)]);
    }

    [Theory]
    [InlineData(nameof(LstmStackModel))]
    [InlineData(nameof(GruBeforeModel))]
    [InlineData(nameof(LanguageModel))]
    [InlineData(nameof(MixedStackModel))]
    public void Gradients_from_a_given_state_agree_with_finite_differences(string name)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 42);
        float[] inputs = TestData.Values(5 * model.Case.Input, 3), direction = TestData.Values(model.OutputLength(5), 4);
        using SequenceTrainer trainer = model.CreateTrainer(new TrainerOptions { MaxBatch = 1, MaxSteps = 5 });
        model.Add(trainer, inputs, State(model, 1));
        trainer.Forward(training: false);
        direction.CopyTo(trainer.GetOutputGradients(0));
        trainer.Backward();

        ReferenceModel reference = new(model);
        reference.SetInitialState(State(model, 1));
        double Loss(int sequence, double[][] outputs) => outputs.SelectMany(row => row).Select((output, i) => output * direction[i]).Sum();
        new FiniteDifferences(name, reference, [reference.Rows(inputs, model.Case.Input)], Loss).Check(model.Gradients(trainer), 1e-5);
    }

    [Fact]
    public void A_state_of_another_length_is_refused()
    {
        using GruModel.Trainer trainer = GruModel.Create(1).CreateTrainer(new TrainerOptions { MaxBatch = 1, MaxSteps = 3 });
        ArgumentException e = Assert.Throws<ArgumentException>(() => trainer.Add(new float[10], new float[8]));
        Assert.Equal("initialState", e.ParamName);
        Assert.Contains("8 values; allowed: exactly 7", e.Message, StringComparison.Ordinal);
        Assert.Equal(0, trainer.Count);
    }

    [Fact]
    public void Tokens_outside_the_vocabulary_are_refused_and_named()
    {
        LanguageModel model = LanguageModel.Create(1);
        LanguageModel.Stream stream = model.CreateStream();
        using LanguageModel.Trainer trainer = model.CreateTrainer(new TrainerOptions { MaxBatch = 1, MaxSteps = 3 });
        float[] output = new float[LanguageModel.OutputSize];
        foreach (int token in new[] { -1, 11, int.MinValue, int.MaxValue })
        {
            int[] tokens = [10, 0, token];
            Refused("token", token, () => stream.Step(token, output));
            Refused("inputs", token, () => stream.Run(tokens, new float[3 * LanguageModel.OutputSize]));
            Refused("tokens", token, () => trainer.Add(tokens));
            Refused("tokens", token, () => trainer.Add(tokens, new float[LanguageModel.StateSize]));
        }

        Assert.Equal(0, trainer.Count);
        Assert.Contains("takes tokens", Assert.Throws<InvalidOperationException>(() => trainer.Add(new float[3])).Message, StringComparison.Ordinal);
        Assert.Contains("4 time steps; allowed: 1 to 3", Assert.Throws<ArgumentException>(() => trainer.Add([1, 2, 3, 4])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_embedding_is_the_row_of_the_table_and_drawn_normally()
    {
        Dictionary<string, float[]> tensors = ModelCase.Of<LanguageModel>().Create(seed: 2).Tensors();
        Assert.Equal(55, tensors["embedding.weight"].Length);

        float[] table = ModelCase.Of<OneTokenModel>().Create(seed: 3).Tensors()["embedding.weight"], row = new float[33];
        OneTokenModel.Create(3).CreateStream().Step(0, row);
        Assert.Equal(table, row);
        double mean = table.Average(value => (double)value), variance = table.Average(value => Math.Pow(value - mean, 2));
        Assert.InRange(mean, -0.6, 0.6);
        Assert.InRange(variance, 0.5, 1.8);
    }

    private static float[] RunFrom(TestStream stream, TestModel model, float[] inputs, float[] state)
    {
        float[] outputs = new float[model.OutputLength(inputs.Length / model.Case.Input)];
        if (model.Case.ReadsWholeSequence)
        {
            stream.Run(inputs, state, outputs);
        }
        else
        {
            stream.RestoreState(state);
            stream.Run(inputs, outputs);
        }

        return outputs;
    }

    private static float[] State(TestModel model, int seed) => TestData.Values(model.StateSize, 700 + seed);

    private static void Refused(string argument, int token, Action call)
    {
        ArgumentOutOfRangeException e = Assert.Throws<ArgumentOutOfRangeException>(call);
        Assert.Equal(argument, e.ParamName);
        Assert.Equal(token, e.ActualValue);
        Assert.Contains("must be 0 to 10", e.Message, StringComparison.Ordinal);
    }
}
