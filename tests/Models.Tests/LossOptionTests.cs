using Seq.Embedded.Models.Tests.Models;
using Seq.Embedded.Training;

namespace Seq.Embedded.Models.Tests;

/// <summary>Every loss with every option that computes a batch in another way: the same losses, and the same gradients.</summary>
public class LossOptionTests
{
    private const int MaxSteps = 9;

    // Three shards.
    private static readonly int[] Lengths = [.. Enumerable.Range(0, 18).Select(i => 1 + (5 * i % MaxSteps))];

    private static readonly TrainerOptions Options = new() { MaxBatch = Lengths.Length, MaxSteps = MaxSteps, MaxLabels = MaxSteps, ClipNorm = float.PositiveInfinity, Optimizer = new SgdSettings() };

    public static TheoryData<string, string> Cases => new()
    {
        { nameof(SequenceTrainer.CrossEntropy), nameof(KeywordModel) },
        { nameof(SequenceTrainer.CrossEntropy), nameof(LastHeadModel) },
        { nameof(SequenceTrainer.BinaryCrossEntropy), nameof(DenseSigmoidModel) },
        { nameof(SequenceTrainer.BinaryCrossEntropy), nameof(OpenSigmoidModel) },
        { nameof(SequenceTrainer.BinaryCrossEntropy), nameof(LastConvOfOneModel) },
        { nameof(SequenceTrainer.MeanSquaredError), nameof(LstmStackModel) },
        { nameof(SequenceTrainer.MeanSquaredError), nameof(LastDenseModel) },
        { nameof(SequenceTrainer.MeanSquaredError), nameof(OpenSigmoidModel) },
        { nameof(SequenceTrainer.Ctc), nameof(OpenSoftmaxModel) },
        { nameof(SequenceTrainer.Ctc), nameof(KeywordModel) },
        { nameof(SequenceTrainer.Detector), nameof(OpenSoftmaxModel) },
        { nameof(SequenceTrainer.Detector), nameof(KeywordModel) },
    };

    private delegate double LossCall(SequenceTrainer trainer, int index, int sequence);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Losses_and_gradients_are_those_of_a_plain_trainer(string loss, string name)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 71);
        float[][] inputs = TestData.Sequences(model.Case, 31, Lengths);
        LossCall compute = Loss(loss, model.OutputSize);
        using SequenceTrainer plain = model.CreateTrainer(Options);
        double expected = Pass(model, plain, inputs, 0, inputs.Length, compute);
        Dictionary<string, float[]> gradients = model.Gradients(plain);
        Assert.All(gradients.Values, values => Assert.All(values, value => Assert.True(float.IsFinite(value))));
        Assert.Contains(gradients.Values, values => values.AsSpan().ContainsAnyExcept(0f));

        using SequenceTrainer threads = model.CreateTrainer(Options with { Threads = 3 });
        Assert.Equal(expected, Pass(model, threads, inputs, 0, inputs.Length, compute));
        Compare.SameBits(name, gradients, model.Gradients(threads));

        if (!model.Case.HasReverse && !model.Case.BeginsAnew)
        {
            using SequenceTrainer chunks = model.CreateTrainer(Options with { ActivationCheckpointSteps = 2 });
            Assert.Equal(expected, Pass(model, chunks, inputs, 0, inputs.Length, compute));
            Close($"{name}, chunks", gradients, model.Gradients(chunks));
        }

        string[] frozen = [.. model.LayerNames.SkipLast(1)];
        using SequenceTrainer head = model.CreateTrainer(Options with { FrozenLayers = frozen });
        Assert.Equal(expected, Pass(model, head, inputs, 0, inputs.Length, compute));
        foreach ((string tensor, float[] values) in model.Gradients(head))
        {
            Compare.SameBits(name, tensor, FreezingTests.IsOf(tensor, frozen) ? new float[values.Length] : gradients[tensor], values);
        }

        using SequenceTrainer parts = model.CreateTrainer(Options);
        double sum = Pass(model, parts, inputs, 0, 7, compute);
        parts.Accumulate();
        sum += Pass(model, parts, inputs, 7, inputs.Length - 7, compute);
        Assert.Equal(expected, sum, 1e-9 * Math.Abs(expected));
        Close($"{name}, two batches", gradients, model.Gradients(parts));
    }

    [Fact]
    public void Clipping_by_value_is_of_the_gradient_of_all_accumulated_batches()
    {
        const float Limit = 0.01f;
        TestModel model = ModelCase.Of<OpenSoftmaxModel>().Create(seed: 72);
        float[][] inputs = TestData.Sequences(model.Case, 32, Lengths);
        LossCall compute = Loss(nameof(SequenceTrainer.CrossEntropy), model.OutputSize);
        using SequenceTrainer plain = model.CreateTrainer(Options), parts = model.CreateTrainer(Options with { ClipValue = Limit });
        Pass(model, plain, inputs, 0, inputs.Length, compute);
        Dictionary<string, float[]> gradients = model.Gradients(plain), before = model.Tensors();
        for (int first = 0; first < inputs.Length; first += 6)
        {
            Pass(model, parts, inputs, first, 6, compute);
            if (first + 6 < inputs.Length)
            {
                parts.Accumulate();
            }
        }

        // SGD with a rate of 1: what is taken from the weights is the clipped gradient.
        parts.Update(1);
        int clipped = 0, whole = 0;
        foreach ((string tensor, float[] values) in model.FromTrainer(parts).Tensors())
        {
            double[] expected = Array.ConvertAll(gradients[tensor], gradient => (double)Math.Clamp(gradient, -Limit, Limit));
            clipped += expected.Count(gradient => Math.Abs(gradient) == Limit);
            whole += expected.Count(gradient => gradient != 0 && Math.Abs(gradient) < Limit);
            Compare.Close("OpenSoftmaxModel", tensor, expected, [.. values.Select((value, i) => before[tensor][i] - value)], 1e-6, floor: 1);
        }

        Assert.True(clipped > 10 && whole > 10, $"{clipped} gradients clipped, {whole} not.");
    }

    private static LossCall Loss(string name, int size)
    {
        DetectorLoss? detector = name == nameof(SequenceTrainer.Detector) ? new(size, smoothingSteps: 2, warmUpSteps: 1, negativeWeight: 2) : null;
        float[] classWeights = [.. Enumerable.Range(0, size).Select(k => 0.5f + k)];
        int Rows(SequenceTrainer trainer, int index) => trainer.GetOutputs(index).Length / size;
        float[] Weights(int rows) => [.. Enumerable.Range(0, rows).Select(t => 0.5f * (1 + (t % 3)))];
        float[] Targets(int rows, int seed) => Array.ConvertAll(TestData.Values(rows * size, seed), value => Math.Abs(value) % 1);
        return name switch
        {
            // Masked: one row in four, but for the first.
            nameof(SequenceTrainer.CrossEntropy) => (trainer, index, i) => trainer.CrossEntropy(
                index, [.. Enumerable.Range(0, Rows(trainer, index)).Select(t => t % 4 == 1 ? -1 : (t + i) % size)], 0.1f, classWeights, 0.2f),
            nameof(SequenceTrainer.BinaryCrossEntropy) => (trainer, index, i) => trainer.BinaryCrossEntropy(
                index, Targets(Rows(trainer, index), i), 0.1f, Weights(Rows(trainer, index))),
            nameof(SequenceTrainer.MeanSquaredError) => (trainer, index, i) => trainer.MeanSquaredError(
                index, Targets(Rows(trainer, index), i), 0.1f, Weights(Rows(trainer, index))),
            nameof(SequenceTrainer.Ctc) => (trainer, index, i) => trainer.Ctc(
                index, [.. Enumerable.Range(0, (Rows(trainer, index) + 1) / 2).Select(t => 1 + ((t + i) % 2))], blank: 0, 0.1f),
            nameof(SequenceTrainer.Detector) => (trainer, index, i) => trainer.Detector(index, i % size, detector!, 0.1),
            _ => throw new ArgumentException($"No loss {name}.", nameof(name)),
        };
    }

    private static double Pass(TestModel model, SequenceTrainer trainer, float[][] inputs, int first, int count, LossCall loss)
    {
        for (int i = 0; i < count; i++)
        {
            model.Add(trainer, inputs[first + i]);
        }

        // Without dropout: the masks of a sequence depend on its place in a batch.
        trainer.Forward(training: false);
        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += loss(trainer, i, first + i);
        }

        trainer.Backward();
        return sum;
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
