using System.Text.RegularExpressions;
using Seq.Embedded.Models.Tests.Models;
using Seq.Embedded.Models.Tests.Reference;
using Seq.Embedded.Training;

namespace Seq.Embedded.Models.Tests;

/// <summary>Training with checkpoints of activations, and limits of memory: the same outputs and gradients in less of it.</summary>
public class ActivationCheckpointTests
{
    private const int MaxSteps = 9;

    // Several shards; sequences end within chunks and with them.
    private static readonly int[] Lengths = [4, 9, 1, 7, 2, 9, 5, 3, 8, 6, 1];

    [Theory]
    [ClassData(typeof(ModelNames))]
    public void With_checkpoints_outputs_and_states_have_the_same_bits_and_gradients_differ_in_rounding(string name)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 61);
        if (!CanHaveCheckpoints(model.Case))
        {
            ArgumentException e = Assert.Throws<ArgumentException>(() => model.CreateTrainer(Options(3)));
            Assert.Matches("layer \"[a-z0-9_.]+\" reads more of a sequence than its input row and its state.*allowed for this model: 0", e.Message);
            return;
        }

        float[][] inputs = TestData.Sequences(model.Case, 21, Lengths);
        foreach (bool training in new[] { false, true })
        {
            using SequenceTrainer whole = model.CreateTrainer(Options(0));
            Pass(model, whole, inputs, training);
            Dictionary<string, float[]> expected = model.Gradients(whole);
            foreach (int steps in new[] { 1, 3, 100 })
            {
                string text = $"{name}, every {steps} steps";
                using SequenceTrainer trainer = model.CreateTrainer(Options(steps));
                Pass(model, trainer, inputs, training);
                SameOutputs(text, model, whole, trainer);
                Close(text, expected, model.Gradients(trainer));
            }
        }
    }

    [Theory]
    [ClassData(typeof(DroppedModelNames))]
    public void One_mask_a_sequence_is_the_same_in_all_chunks(string name)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 64);
        if (!CanHaveCheckpoints(model.Case))
        {
            return;
        }

        float[][] inputs = TestData.Sequences(model.Case, 23, Lengths);
        using SequenceTrainer whole = model.CreateTrainer(Options(0) with { DropoutMask = DropoutMask.PerSequence });
        Pass(model, whole, inputs, training: true);
        Dictionary<string, float[]> expected = model.Gradients(whole);
        foreach (int steps in new[] { 1, 4 })
        {
            using SequenceTrainer trainer = model.CreateTrainer(Options(steps) with { DropoutMask = DropoutMask.PerSequence });
            Pass(model, trainer, inputs, training: true);
            SameOutputs($"{name}, every {steps} steps", model, whole, trainer);
            Close($"{name}, every {steps} steps", expected, model.Gradients(trainer));
        }
    }

    [Theory]
    [ClassData(typeof(ModelNames))]
    public void Checkpoints_and_frozen_layers_go_together(string name)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 62);
        if (!CanHaveCheckpoints(model.Case) || model.LayerNames.Count == 1)
        {
            return;
        }

        float[][] inputs = TestData.Sequences(model.Case, 22, Lengths);
        for (int count = 1; count < model.LayerNames.Count; count++)
        {
            string[] frozen = [.. model.LayerNames.Take(count)];
            using SequenceTrainer whole = model.CreateTrainer(Options(0) with { FrozenLayers = frozen }), trainer = model.CreateTrainer(Options(2) with { FrozenLayers = frozen });
            Pass(model, whole, inputs, training: true);
            Pass(model, trainer, inputs, training: true);
            SameOutputs($"{name}, {count} frozen", model, whole, trainer);
            Close($"{name}, {count} frozen", model.Gradients(whole), model.Gradients(trainer));
        }
    }

    [Theory]
    [InlineData(nameof(LstmStackModel))]
    [InlineData(nameof(GruBeforeModel))]
    [InlineData(nameof(LanguageModel))]
    [InlineData(nameof(RememberModel))]
    public void Gradients_with_checkpoints_agree_with_finite_differences(string name)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 63);
        float[] inputs = TestData.Values(7 * model.Case.Input, 3), direction = TestData.Values(model.OutputLength(7), 4);
        using SequenceTrainer trainer = model.CreateTrainer(Options(2));
        model.Add(trainer, inputs);
        trainer.Forward(training: false);
        direction.CopyTo(trainer.GetOutputGradients(0));
        trainer.Backward();

        ReferenceModel reference = new(model);
        double Loss(int sequence, double[][] outputs) => outputs.SelectMany(row => row).Select((output, i) => output * direction[i]).Sum();
        new FiniteDifferences(name, reference, [reference.Rows(inputs, model.Case.Input)], Loss).Check(model.Gradients(trainer), 1e-5);
    }

    [Theory]
    [InlineData(1, 200, 10, 0)]
    [InlineData(20, 70, 16, 0)]
    [InlineData(20, 70, 0, 1)]
    [InlineData(20, 70, 0, 3)]
    [InlineData(9, 100, 7, 2)]
    public void MemoryBytes_are_stated_and_taken(int batch, int maxSteps, int checkpointSteps, int frozen)
    {
        TestModel model = ModelCase.Of<KeywordModel>().Create();
        TrainerOptions options = new()
        {
            MaxBatch = batch, MaxSteps = maxSteps, ActivationCheckpointSteps = checkpointSteps, FrozenLayers = [.. model.LayerNames.Take(frozen)], AverageDecay = 0.9,
        };
        long stated = model.GetTrainerMemoryBytes(options);
        model.CreateTrainer(options).Dispose();
        long before = GC.GetAllocatedBytesForCurrentThread();
        using SequenceTrainer trainer = model.CreateTrainer(options);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(stated, trainer.MemoryBytes);

        // Beside the memory that counts there are the alignment of buffers and what is kept a sequence, such as its length.
        Assert.InRange(allocated, stated, stated + (stated / 50) + 32_768);
    }

    [Fact]
    public void A_trainer_above_the_allowed_memory_is_refused_and_the_checkpoints_that_make_it_fit_are_named()
    {
        TestModel model = ModelCase.Of<KeywordModel>().Create();
        TrainerOptions options = new() { MaxBatch = 1, MaxSteps = 1000 };
        long needed = model.GetTrainerMemoryBytes(options), allowed = needed / 2;
        ArgumentOutOfRangeException e = Assert.Throws<ArgumentOutOfRangeException>(() => model.CreateTrainer(options with { MaxMemoryBytes = allowed }));
        Assert.Contains($"need {needed} bytes", e.Message, StringComparison.Ordinal);
        Assert.Contains($"allowed: {allowed} (MaxMemoryBytes)", e.Message, StringComparison.Ordinal);

        Match hint = Regex.Match(e.Message, "set ActivationCheckpointSteps to ([0-9]+), which needs ([0-9]+) bytes");
        TrainerOptions smaller = options with { MaxMemoryBytes = allowed, ActivationCheckpointSteps = int.Parse(hint.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) };
        using SequenceTrainer trainer = model.CreateTrainer(smaller);
        Assert.Equal(hint.Groups[2].Value, $"{trainer.MemoryBytes}");
        Assert.InRange(trainer.MemoryBytes, 1, allowed);

        // Exactly enough is enough; and where nothing makes it fit, nothing is named.
        model.CreateTrainer(options with { MaxMemoryBytes = needed }).Dispose();
        e = Assert.Throws<ArgumentOutOfRangeException>(() => model.CreateTrainer(options with { MaxMemoryBytes = 1 }));
        Assert.DoesNotContain("ActivationCheckpointSteps", e.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => model.CreateTrainer(options with { MaxMemoryBytes = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.CreateTrainer(options with { ActivationCheckpointSteps = -1 }));
    }

    [Fact]
    public void A_decoder_has_no_checkpoints()
    {
        foreach (DecoderCase model in DecoderCase.All)
        {
            Assert.Contains("allowed for this model: 0", Assert.Throws<ArgumentException>(() => model.CreateTrainer(model.Create(1), Options(3))).Message, StringComparison.Ordinal);
        }
    }

    private static TrainerOptions Options(int checkpointSteps) => new() { MaxBatch = Lengths.Length, MaxSteps = MaxSteps, ActivationCheckpointSteps = checkpointSteps, Seed = 9 };

    private static bool CanHaveCheckpoints(ModelCase model) => !model.HasReverse && !model.BeginsAnew;

    /// <summary>A batch in which every third sequence begins with a given state, and the second pass over it.</summary>
    private static void Pass(TestModel model, SequenceTrainer trainer, float[][] inputs, bool training)
    {
        trainer.Clear();
        for (int i = 0; i < inputs.Length; i++)
        {
            if (i % 3 == 0)
            {
                model.Add(trainer, inputs[i], TestData.Values(model.StateSize, 900 + i));
            }
            else
            {
                model.Add(trainer, inputs[i]);
            }
        }

        // Twice: what the first pass leaves must not matter to the second.
        for (int pass = 0; pass < 2; pass++)
        {
            trainer.Forward(training);
            for (int i = 0; i < inputs.Length; i++)
            {
                Span<float> gradients = trainer.GetOutputGradients(i);
                TestData.Values(gradients.Length, i).CopyTo(gradients);
            }

            trainer.Backward();
        }
    }

    private static void SameOutputs(string text, TestModel model, SequenceTrainer whole, SequenceTrainer trainer)
    {
        float[] expected = new float[model.StateSize], actual = new float[model.StateSize];
        for (int i = 0; i < Lengths.Length; i++)
        {
            Compare.SameBits(text, $"outputs of sequence {i}", whole.GetOutputs(i), trainer.GetOutputs(i));
            whole.SaveState(i, expected);
            trainer.SaveState(i, actual);
            Compare.SameBits(text, $"state of sequence {i}", expected, actual);
        }
    }

    private static void Close(string text, Dictionary<string, float[]> expected, Dictionary<string, float[]> actual)
    {
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        foreach ((string tensor, float[] values) in expected)
        {
            Compare.Close(text, tensor, Array.ConvertAll(values, value => (double)value), actual[tensor], 1e-5, floor: 0.1);
        }
    }
}
