using System.Text.RegularExpressions;
using Seq.Embedded.Models.Tests.Models;
using Seq.Embedded.Training;

namespace Seq.Embedded.Models.Tests;

/// <summary>Training with frozen layers: what is left is computed as without freezing, and what is frozen stays.</summary>
public class FreezingTests
{
    private const int MaxSteps = 75;

    // Several shards, and lengths that end with, before and behind the chunks of 32 time steps of the frozen part.
    private static readonly int[] Lengths = [31, 64, 1, 33, 2, 75, 65, 32, 75, 4, 1];

    public static TheoryData<string> Decoders => DecoderCase.Names;

    [Theory]
    [ClassData(typeof(ModelNames))]
    public void With_frozen_layers_outputs_and_gradients_of_the_others_have_the_same_bits(string name)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 51);
        float[][] inputs = TestData.Sequences(model.Case, 15, Lengths);
        using SequenceTrainer all = model.CreateTrainer(Options([]));
        Pass(model, all, inputs);
        Dictionary<string, float[]> expected = model.Gradients(all);
        Dictionary<string, float[]> before = model.Tensors();
        foreach (string[] frozen in Choices(model.LayerNames))
        {
            string text = $"{name} without {string.Join(", ", frozen)}";
            using SequenceTrainer trainer = model.CreateTrainer(Options(frozen));
            Pass(model, trainer, inputs);
            for (int i = 0; i < inputs.Length; i++)
            {
                Compare.SameBits(text, $"outputs of sequence {i}", all.GetOutputs(i), trainer.GetOutputs(i));
            }

            CheckGradients(text, frozen, expected, model.Gradients(trainer));

            // The decay of AdamW would change them even without a gradient.
            trainer.Update(0.05f);
            CheckWeights(text, frozen, before, model.FromTrainer(trainer).Tensors());
        }
    }

    [Theory]
    [ClassData(typeof(ModelNames))]
    public void Memory_is_stated_before_it_is_taken_and_less_the_more_layers_are_frozen(string name)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 52);
        TrainerOptions options = new() { MaxBatch = 16, MaxSteps = 40 };
        long before = long.MaxValue;
        for (int count = 0; count < model.LayerNames.Count; count++)
        {
            TrainerOptions frozen = options with { FrozenLayers = [.. model.LayerNames.Take(count)] };
            using SequenceTrainer trainer = model.CreateTrainer(frozen);
            Assert.Equal(trainer.MemoryBytes, model.GetTrainerMemoryBytes(frozen));
            Assert.True(trainer.MemoryBytes < before, $"{name}: {trainer.MemoryBytes} bytes with {count} frozen layers, {before} with one less.");
            before = trainer.MemoryBytes;
        }
    }

    [Theory]
    [ClassData(typeof(ModelNames))]
    public void Frozen_layers_above_a_trained_one_take_the_memory_of_trained_ones(string name)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 52);
        TrainerOptions options = new() { MaxBatch = 16, MaxSteps = 40 };
        string[] frozen = [.. model.LayerNames.Skip(1).Where(layer => layer != model.LayerNames[0])];
        Assert.Equal(model.GetTrainerMemoryBytes(options), model.GetTrainerMemoryBytes(options with { FrozenLayers = frozen }));
    }

    [Fact]
    public void Memory_of_a_head_with_one_row_a_sequence_does_not_grow_with_the_time_steps_below_it()
    {
        TestModel model = ModelCase.Of<LastHeadModel>().Create();
        TrainerOptions options = new() { MaxBatch = 64, MaxSteps = 200_000, FrozenLayers = [.. model.LayerNames.SkipLast(1)] };
        model.CreateTrainer(options).Dispose();
        long before = GC.GetAllocatedBytesForCurrentThread();
        using SequenceTrainer trainer = model.CreateTrainer(options);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(model.GetTrainerMemoryBytes(options with { MaxSteps = 40 }), trainer.MemoryBytes);

        // Beside it there are the objects of nine shards, and what is kept a sequence.
        Assert.InRange(allocated, trainer.MemoryBytes, trainer.MemoryBytes + 100_000);

        // The last row is that of the last time step.
        float[] inputs = TestData.Values(1000 * model.Case.Input, 1);
        model.Add(trainer, inputs);
        trainer.Forward(training: false);
        Compare.SameBits("LastHeadModel", "outputs", model.CreateStream().Run(inputs), trainer.GetOutputs(0));
    }

    [Theory]
    [ClassData(typeof(ModelNames))]
    public void Given_states_and_those_to_go_on_from_are_the_same_with_frozen_layers(string name)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 53);
        if (model.Case.BeginsAnew || model.LayerNames.Count == 1)
        {
            return;
        }

        float[][] inputs = TestData.Sequences(model.Case, 16, Lengths);
        using SequenceTrainer all = model.CreateTrainer(Options([])), head = model.CreateTrainer(Options([.. model.LayerNames.SkipLast(1)]));
        float[] expected = new float[model.StateSize], actual = new float[model.StateSize];
        foreach (SequenceTrainer trainer in new[] { all, head })
        {
            for (int i = 0; i < inputs.Length; i++)
            {
                if (i % 2 == 0)
                {
                    model.Add(trainer, inputs[i], TestData.Values(model.StateSize, 800 + i));
                }
                else
                {
                    model.Add(trainer, inputs[i]);
                }
            }

            trainer.Forward(training: false);
        }

        for (int i = 0; i < inputs.Length; i++)
        {
            Compare.SameBits(name, $"outputs of sequence {i}", all.GetOutputs(i), head.GetOutputs(i));
            all.SaveState(i, expected);
            head.SaveState(i, actual);
            Compare.SameBits(name, $"state of sequence {i}", expected, actual);
        }
    }

    [Theory]
    [ClassData(typeof(ModelNames))]
    public void Rows_of_the_frozen_layers_can_be_kept_and_added_in_place_of_the_inputs(string name)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 57);
        float[][] inputs = TestData.Sequences(model.Case, 19, Lengths);
        using SequenceTrainer trainer = model.CreateTrainer(Options([.. model.LayerNames.SkipLast(1)]));
        if (model.LayerNames.Count == 1)
        {
            Assert.Contains("needs FrozenLayers", Assert.Throws<InvalidOperationException>(() => trainer.AddFrozenRows(inputs[0], Lengths[0])).Message, StringComparison.Ordinal);
            return;
        }

        Pass(model, trainer, inputs, training: true);
        float[][] rows = [.. inputs.Select((_, i) => trainer.GetFrozenRows(i).ToArray())], outputs = [.. inputs.Select((_, i) => trainer.GetOutputs(i).ToArray())];
        Dictionary<string, float[]> gradients = model.Gradients(trainer);
        trainer.Clear();
        for (int i = 0; i < rows.Length; i++)
        {
            Assert.Equal(i, trainer.AddFrozenRows(rows[i], Lengths[i]));
        }

        Finish(trainer, rows.Length, training: true);
        for (int i = 0; i < rows.Length; i++)
        {
            Assert.Equal(Lengths[i], trainer.GetSteps(i));
            Compare.SameBits(name, $"outputs of sequence {i}", outputs[i], trainer.GetOutputs(i));
        }

        Compare.SameBits(name, gradients, model.Gradients(trainer));
        trainer.Clear();
        Assert.Throws<ArgumentException>(() => trainer.AddFrozenRows(rows[0].AsSpan(1), Lengths[0]));
        Assert.Throws<ArgumentException>(() => trainer.AddFrozenRows(rows[0], MaxSteps + 1));
        Assert.Equal(0, trainer.Count);
    }

    [Fact]
    public void Rows_of_the_frozen_layers_leave_no_state_to_go_on_from()
    {
        KeywordModel model = KeywordModel.Create(3, 1);
        using KeywordModel.Trainer trainer = model.CreateTrainer(Options([.. KeywordModel.LayerNames[..^1]]));
        trainer.Add(new float[2 * KeywordModel.InputSize]);
        trainer.AddFrozenRows(trainer.GetFrozenRows(0).ToArray(), 2);
        trainer.Forward();
        trainer.SaveState(0, new float[KeywordModel.StateSize]);
        Assert.Contains("are not known", Assert.Throws<InvalidOperationException>(() => trainer.SaveState(1, new float[KeywordModel.StateSize])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_of_the_frozen_layers_are_refused_where_sequences_are_and_of_no_sequence_there_are_none()
    {
        KeywordModel model = KeywordModel.Create(3, 1);
        using KeywordModel.Trainer trainer = model.CreateTrainer(Options([.. KeywordModel.LayerNames[..^1]]) with { MaxBatch = 1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => { trainer.GetFrozenRows(0); });
        trainer.Add(new float[2 * KeywordModel.InputSize]);
        float[] rows = trainer.GetFrozenRows(0).ToArray();
        Assert.Throws<ArgumentOutOfRangeException>(() => { trainer.GetFrozenRows(1); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { trainer.GetFrozenRows(-1); });
        Assert.Contains("holds 1 sequences already", Assert.Throws<InvalidOperationException>(() => trainer.AddFrozenRows(rows, 2)).Message, StringComparison.Ordinal);
        trainer.Forward();
        Assert.Contains("AddFrozenRows must follow Clear", Assert.Throws<InvalidOperationException>(() => trainer.AddFrozenRows(rows, 2)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_of_the_frozen_layers_cannot_be_added_to_a_decoder()
    {
        int refused = 0;
        foreach (DecoderCase model in DecoderCase.All)
        {
            using SequenceTrainer trainer = model.CreateTrainer(model.Create(1), Options([model.Constant<IReadOnlyList<string>>("LayerNames")[0]]));
            refused += Assert.Throws<InvalidOperationException>(() => trainer.AddFrozenRows([], 1)).Message.Contains("has a decoder", StringComparison.Ordinal) ? 1 : 0;
        }

        Assert.True(refused > 0, "No decoder has a frozen part.");
    }

    [Theory]
    [ClassData(typeof(Int8ModelNames))]
    public void Models_of_8_bit_weights_are_trained_with_frozen_layers_and_an_average(string name)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 58);
        string[] frozen = [.. model.LayerNames.SkipLast(1)];
        float[][] inputs = TestData.Sequences(model.Case, 20, Lengths);
        using SequenceTrainer trainer = model.CreateTrainer(Options(frozen) with { AverageDecay = 0.9 });
        Dictionary<string, float[]> before = TestModel.Floats(trainer), rounded = model.FromTrainer(trainer).Tensors();
        Compare.SameBits(name, rounded, model.AverageOf(trainer).Tensors());
        Pass(model, trainer, inputs);
        Assert.True(trainer.Update(0.05f).Applied);

        // The average begins with the first weights that were trained, up to the rounding of a sum.
        Dictionary<string, float[]> after = TestModel.Floats(trainer);
        CheckWeights(name, frozen, before, after);
        Dictionary<string, float[]> first = model.AverageOf(trainer).Tensors();
        foreach ((string tensor, float[] values) in model.FromTrainer(trainer).Tensors())
        {
            Compare.Close(name, tensor, Array.ConvertAll(values, value => (double)value), first[tensor], 1e-6);
        }

        Pass(model, trainer, inputs);
        Assert.True(trainer.Update(0.05f).Applied);
        Dictionary<string, float[]> average = model.AverageOf(trainer).Tensors(), last = model.FromTrainer(trainer).Tensors();
        CheckWeights(name, frozen, before, TestModel.Floats(trainer));
        Assert.Contains(average, tensor => !tensor.Value.AsSpan().SequenceEqual(last[tensor.Key]));
        Assert.All(average.Where(tensor => IsOf(tensor.Key, frozen)), tensor => Compare.SameBits(name, tensor.Key, rounded[tensor.Key], tensor.Value));
    }

    [Theory]
    [ClassData(typeof(DroppedModelNames))]
    public void Frozen_layers_below_the_lowest_trained_one_drop_nothing(string name)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 54);
        float[][] inputs = TestData.Sequences(model.Case, 17, Lengths);
        using SequenceTrainer trainer = model.CreateTrainer(Options([.. model.LayerNames.SkipLast(1)]));
        Pass(model, trainer, inputs, training: false);
        float[][] expected = [.. inputs.Select((_, i) => trainer.GetOutputs(i).ToArray())];
        Pass(model, trainer, inputs, training: true);
        for (int i = 0; i < inputs.Length; i++)
        {
            Compare.SameBits(name, $"outputs of sequence {i}", expected[i], trainer.GetOutputs(i));
        }
    }

    [Theory]
    [MemberData(nameof(Decoders))]
    public void Decoders_with_frozen_layers_have_the_same_outputs_and_gradients(string name)
    {
        DecoderCase model = DecoderCase.Get(name);
        object instance = model.Create(seed: 55);
        using SequenceTrainer all = model.CreateTrainer(instance, Options([]));
        Pass(model, all);
        Dictionary<string, float[]> expected = model.Gradients(all), before = model.Tensors(instance);
        IReadOnlyList<string> names = model.Constant<IReadOnlyList<string>>("LayerNames");
        foreach (string[] frozen in Choices(names))
        {
            string text = $"{name} without {string.Join(", ", frozen)}";
            using SequenceTrainer trainer = model.CreateTrainer(instance, Options(frozen));
            Pass(model, trainer);
            for (int i = 0; i < Lengths.Length; i++)
            {
                Compare.SameBits(text, $"outputs of pair {i}", all.GetOutputs(i), trainer.GetOutputs(i));
            }

            CheckGradients(text, frozen, expected, model.Gradients(trainer));

            // Gradients and moments reach down to the lowest trained layer.
            bool isLowest = frozen.Contains(names[0]);
            Assert.True(isLowest ? trainer.MemoryBytes < all.MemoryBytes : trainer.MemoryBytes <= all.MemoryBytes, $"{text}: {trainer.MemoryBytes} bytes; {all.MemoryBytes} for all layers.");
        }
    }

    [Fact]
    public void Names_that_are_no_layers_or_are_all_of_them_are_refused()
    {
        KeywordModel model = KeywordModel.Create(3, 1);
        string all = string.Join(", ", KeywordModel.LayerNames.Select(layer => $"\"{layer}\""));
        Assert.Contains($"\"nose\"; allowed: {all}.", Refused("nose"), StringComparison.Ordinal);
        Assert.Contains($"all but one of {all}", Refused([.. KeywordModel.LayerNames]), StringComparison.Ordinal);

        string Refused(params string[] layers) => Assert.Throws<ArgumentException>(() => model.CreateTrainer(Options(layers))).Message;
    }

    [Fact]
    public void Average_and_restored_weights_of_frozen_layers_are_those_of_the_model()
    {
        TestModel model = ModelCase.Of<KeywordModel>().Create(seed: 56);
        string[] frozen = [.. model.LayerNames.SkipLast(1)];
        float[][] inputs = TestData.Sequences(model.Case, 18, Lengths);
        using KeywordModel.Trainer trainer = ((KeywordModel)model.Instance).CreateTrainer(Options(frozen) with { AverageDecay = 0.9 });
        Pass(model, trainer, inputs);
        trainer.Update(0.05f);
        CheckWeights("average", frozen, model.Tensors(), new TestModel(model.Case, trainer.ToAverageModel()).Tensors());

        // The second gradient in a row that is not finite brings back the weights before the update.
        for (int i = 0; i < 2; i++)
        {
            Pass(model, trainer, inputs, spoiled: true);
            Assert.False(trainer.Update(0.05f).Applied);
        }

        Compare.SameBits("restored", model.Tensors(), model.FromTrainer(trainer).Tensors());
    }

    private static TrainerOptions Options(string[] frozen) => new() { MaxBatch = Lengths.Length, MaxSteps = MaxSteps, MaxTargetSteps = MaxSteps, FrozenLayers = frozen, Seed = 9 };

    /// <summary>The lowest layers frozen, up to all but one; and each layer alone.</summary>
    private static IEnumerable<string[]> Choices(IReadOnlyList<string> names)
    {
        for (int count = 1; count < names.Count; count++)
        {
            yield return [.. names.Take(count)];
            yield return [names[count]];
        }
    }

    private static void CheckGradients(string text, string[] frozen, Dictionary<string, float[]> expected, Dictionary<string, float[]> actual)
    {
        foreach ((string tensor, float[] values) in actual)
        {
            Compare.SameBits(text, tensor, IsOf(tensor, frozen) ? new float[values.Length] : expected[tensor], values);
        }
    }

    private static void CheckWeights(string text, string[] frozen, Dictionary<string, float[]> before, Dictionary<string, float[]> after)
    {
        foreach ((string tensor, float[] values) in after)
        {
            if (IsOf(tensor, frozen))
            {
                Compare.SameBits(text, tensor, before[tensor], values);
            }
            else
            {
                Assert.False(before[tensor].AsSpan().SequenceEqual(values), $"{text}: {tensor} has not changed.");
            }
        }
    }

    internal static bool IsOf(string tensor, string[] layers) => layers.Any(layer =>
    {
        Match stack = Regex.Match(layer, "^(.+)(_l[0-9]+)$");
        return tensor.StartsWith(layer + ".", StringComparison.Ordinal)
            || (stack.Success && tensor.StartsWith(stack.Groups[1].Value + ".", StringComparison.Ordinal) && Regex.IsMatch(tensor, $"{stack.Groups[2].Value}(_reverse)?(\\.|$)"));
    });

    private static void Pass(TestModel model, SequenceTrainer trainer, float[][] inputs, bool training = false, bool spoiled = false)
    {
        trainer.Clear();
        foreach (float[] sequence in inputs)
        {
            model.Add(trainer, sequence);
        }

        Finish(trainer, inputs.Length, training, spoiled);
    }

    private static void Pass(DecoderCase model, SequenceTrainer trainer)
    {
        Action<float[], int[]> add = model.Adder(trainer);
        for (int i = 0; i < Lengths.Length; i++)
        {
            add(model.Source(Lengths[i], i), model.Target(1 + (i % 5), i));
        }

        Finish(trainer, Lengths.Length, training: false);
    }

    private static void Finish(SequenceTrainer trainer, int count, bool training, bool spoiled = false)
    {
        trainer.Forward(training);
        for (int i = 0; i < count; i++)
        {
            Span<float> gradients = trainer.GetOutputGradients(i);
            TestData.Values(gradients.Length, i).CopyTo(gradients);
            gradients[0] = spoiled ? float.NaN : gradients[0];
        }

        trainer.Backward();
    }
}
