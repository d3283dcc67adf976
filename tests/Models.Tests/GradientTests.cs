using Seq.Embedded.Models.Tests.Reference;
using Seq.Embedded.Training;

namespace Seq.Embedded.Models.Tests;

/// <summary>Gradients of every parameter against finite differences of the double-precision reference.</summary>
public class GradientTests
{
    // Relative to the largest gradient of the tensor.
    private const double Tolerance = 1e-5;

    private static readonly int[] Lengths = [2, 7, 1, 4];

    [Theory]
    [ClassData(typeof(ModelNames))]
    public void Backward_of_random_output_gradients_agrees_with_finite_differences(string name)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 11);
        float[][] inputs = TestData.Sequences(model.Case, 2, Lengths);
        float[][] direction = [.. Lengths.Select((length, i) => TestData.Values(model.OutputLength(length), 500 + i))];
        using SequenceTrainer trainer = Forward(model, inputs);
        for (int i = 0; i < inputs.Length; i++)
        {
            direction[i].CopyTo(trainer.GetOutputGradients(i));
        }

        trainer.Backward();
        ReferenceModel reference = new(model);
        double Loss(int sequence, double[][] outputs)
        {
            double loss = 0;
            for (int i = 0; i < direction[sequence].Length; i++)
            {
                loss += direction[sequence][i] * outputs[i / model.OutputSize][i % model.OutputSize];
            }

            return loss;
        }

        new FiniteDifferences(name, reference, Rows(reference, model, inputs), Loss).Check(model.Gradients(trainer), Tolerance);
    }

    [Theory]
    [ClassData(typeof(SoftmaxModelNames))]
    public void Backward_of_cross_entropy_agrees_with_finite_differences(string name)
    {
        const float Scale = 0.25f;
        TestModel model = ModelCase.Get(name).Create(seed: 12);
        float[][] inputs = TestData.Sequences(model.Case, 3, Lengths);
        Random random = new(9);
        int[][] labels = [.. Lengths.Select(length => Enumerable.Range(0, model.OutputLength(length) / model.OutputSize).Select(_ => random.Next(-1, model.OutputSize)).ToArray())];
        using SequenceTrainer trainer = Forward(model, inputs);
        double[] losses = [.. inputs.Select((_, i) => trainer.CrossEntropy(i, labels[i], Scale))];
        trainer.Backward();

        ReferenceModel reference = new(model);
        double Loss(int sequence, double[][] outputs) =>
            -Scale * outputs.Select((row, t) => labels[sequence][t] < 0 ? 0 : Math.Log(row[labels[sequence][t]])).Sum();

        double[][][] rows = Rows(reference, model, inputs);
        for (int i = 0; i < inputs.Length; i++)
        {
            double expected = Loss(i, reference.Forward(rows[i]));
            Assert.True(Math.Abs(expected - losses[i]) <= 2e-6 * (1 + expected), $"{name}, loss of sequence {i}: expected {expected:R}, actual {losses[i]:R}.");
        }

        new FiniteDifferences(name, reference, rows, Loss).Check(model.Gradients(trainer), Tolerance);
    }

    [Theory]
    [InlineData(nameof(Models.GruModel), 40)]
    [InlineData(nameof(Models.LastHeadModel), 26)]
    [InlineData(nameof(Models.GruBeforeModel), 13)]
    public void Gradient_of_a_batch_is_the_sum_of_those_of_its_sequences(string name, int batch)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 13);
        int[] lengths = [.. Enumerable.Range(0, batch).Select(i => 1 + (i * 7 % 11))];
        float[][] inputs = TestData.Sequences(model.Case, 4, lengths);
        using SequenceTrainer trainer = model.CreateTrainer(new TrainerOptions { MaxBatch = batch, MaxSteps = 11 });
        Dictionary<string, double[]> sums = [];
        for (int i = 0; i < batch; i++)
        {
            AddGradients(sums, GradientsOf(trainer, model, [inputs[i]], i));
        }

        Dictionary<string, float[]> together = GradientsOf(trainer, model, inputs, 0);
        foreach ((string tensor, double[] expected) in sums)
        {
            Compare.Close(name, $"gradient of {tensor}", expected, together[tensor], 1e-6);
        }
    }

    [Fact]
    public void Backward_after_an_evaluating_forward_has_no_dropout()
    {
        TestModel model = ModelCase.Of<Models.DropoutModel>().Create(seed: 14);
        float[][] inputs = TestData.Sequences(model.Case, 5, Lengths);
        using SequenceTrainer trainer = Forward(model, inputs);
        trainer.Forward(training: true);
        trainer.Forward(training: false);
        trainer.GetOutputGradients(1)[0] = 1;
        trainer.Backward();
        ReferenceModel reference = new(model);
        new FiniteDifferences("DropoutModel", reference, Rows(reference, model, inputs), (sequence, outputs) => sequence == 1 ? outputs[0][0] : 0)
            .Check(model.Gradients(trainer), Tolerance);
    }

    private static SequenceTrainer Forward(TestModel model, float[][] inputs)
    {
        SequenceTrainer trainer = model.CreateTrainer(new TrainerOptions { MaxBatch = inputs.Length, MaxSteps = Lengths.Max() });
        foreach (float[] sequence in inputs)
        {
            model.Add(trainer, sequence);
        }

        trainer.Forward(training: false);
        return trainer;
    }

    private static double[][][] Rows(ReferenceModel reference, TestModel model, float[][] inputs) =>
        [.. inputs.Select(sequence => reference.Rows(sequence, model.Case.Input))];

    private static Dictionary<string, float[]> GradientsOf(SequenceTrainer trainer, TestModel model, float[][] inputs, int firstSeed)
    {
        trainer.Clear();
        foreach (float[] sequence in inputs)
        {
            model.Add(trainer, sequence);
        }

        trainer.Forward(training: false);
        for (int i = 0; i < inputs.Length; i++)
        {
            Span<float> gradients = trainer.GetOutputGradients(i);
            TestData.Values(gradients.Length, firstSeed + i).CopyTo(gradients);
        }

        trainer.Backward();
        return model.Gradients(trainer);
    }

    private static void AddGradients(Dictionary<string, double[]> sums, Dictionary<string, float[]> gradients)
    {
        foreach ((string tensor, float[] values) in gradients)
        {
            if (!sums.TryGetValue(tensor, out double[]? sum))
            {
                sums[tensor] = sum = new double[values.Length];
            }

            for (int i = 0; i < values.Length; i++)
            {
                sum[i] += values[i];
            }
        }
    }
}
