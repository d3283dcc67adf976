using Seq.Embedded.Models.Tests.Models;
using Seq.Embedded.Models.Tests.Reference;
using Seq.Embedded.Training;

namespace Seq.Embedded.Models.Tests;

/// <summary>Dropout: its masks, what it scales, its gradient, and what it depends on.</summary>
public class DropoutTests
{
    private const ulong Seed = 77;

    private static readonly int[] Lengths = [3, 6, 1];

    [Fact]
    public void Masks_are_zero_or_the_inverse_of_what_is_kept_in_the_right_proportion()
    {
        const double Probability = 0.3;
        const int Steps = 400, Passes = 5;
        using SequenceTrainer trainer = MaskTrainer(Steps);
        List<float[]> masks = [.. Enumerable.Range(0, Passes).Select(_ => Mask(trainer, Steps))];
        float[] values = [.. masks.SelectMany(mask => mask)];

        Assert.Equal([0f, (float)(1 / (1 - Probability))], values.Distinct().Order());
        double dropped = values.Count(value => value == 0) / (double)values.Length;
        double deviation = Math.Sqrt(Probability * (1 - Probability) / values.Length);
        Assert.True(Math.Abs(dropped - Probability) < 4 * deviation, $"{dropped:P3} dropped of {values.Length}; expected {Probability:P1} +- {4 * deviation:P3}.");

        // Neighbouring units, steps and passes are independent: both dropped with probability squared.
        double pair = Probability * Probability, pairDeviation = 5 * Math.Sqrt(pair * (1 - pair) / (values.Length - MaskUnits));
        foreach (int distance in new[] { 1, 4, MaskUnits, Steps * MaskUnits })
        {
            int pairs = values.Length - distance;
            double both = Enumerable.Range(0, pairs).Count(i => values[i] == 0 && values[i + distance] == 0) / (double)pairs;
            Assert.True(Math.Abs(both - pair) < pairDeviation, $"distance {distance}: {both:P3} dropped together; expected {pair:P1} +- {pairDeviation:P3}.");
        }
    }

    private const int MaskUnits = 40;

    [Fact]
    public void Masks_change_with_each_training_pass_and_not_with_evaluations_between()
    {
        using SequenceTrainer one = MaskTrainer(10), other = MaskTrainer(20);
        float[] first = Mask(one, 10), second = Mask(one, 10);
        Assert.NotEqual(first, second);

        // The longest sequence allowed, and evaluations between, make no difference.
        Assert.Equal(first, Mask(other, 10));
        Assert.All(Mask(other, 10, training: false), value => Assert.Equal(1, value));
        Assert.Equal(second, Mask(other, 10));
    }

    [Theory]
    [ClassData(typeof(DroppedModelNames))]
    public void Outputs_of_an_evaluation_are_those_of_inference(string name)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 4);
        float[][] inputs = TestData.Sequences(model.Case, 1, Lengths);
        using SequenceTrainer trainer = Trainer(model, inputs);
        trainer.Forward(training: true);
        float[][] trained = [.. inputs.Select((_, i) => trainer.GetOutputs(i).ToArray())];
        trainer.Forward(training: false);
        for (int i = 0; i < inputs.Length; i++)
        {
            Compare.SameBits(name, $"outputs of sequence {i}", model.CreateStream().Run(inputs[i]), trainer.GetOutputs(i));
            Assert.NotEqual(trained[i], trainer.GetOutputs(i).ToArray());
        }
    }

    [Theory]
    [ClassData(typeof(DroppedModelNames))]
    public void Outputs_and_gradients_with_dropout_agree_with_the_reference_under_the_same_mask(string name) =>
        CheckAgainstReference(name, DropoutMask.PerStep);

    [Theory]
    [ClassData(typeof(DroppedModelNames))]
    public void Outputs_and_gradients_with_one_mask_per_sequence_agree_with_the_reference(string name) =>
        CheckAgainstReference(name, DropoutMask.PerSequence);

    [Fact]
    public void A_mask_per_sequence_is_that_of_its_first_step_at_all_steps_and_new_at_each_pass()
    {
        const int Steps = 7;
        using SequenceTrainer perStep = MaskTrainer(Steps), perSequence = MaskTrainer(Steps, DropoutMask.PerSequence);
        for (int pass = 0; pass < 3; pass++)
        {
            float[] first = Mask(perStep, Steps)[..MaskUnits];
            Assert.Equal(Enumerable.Repeat(first, Steps).SelectMany(mask => mask), Mask(perSequence, Steps));
        }
    }

    private static void CheckAgainstReference(string name, DropoutMask kind)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 5);
        float[][] inputs = TestData.Sequences(model.Case, 2, Lengths);
        using SequenceTrainer trainer = Trainer(model, inputs, kind);
        trainer.Forward(training: true);
        trainer.Forward(training: true);

        ReferenceModel reference = new(model);
        DroppedLayer[] layers = [.. DroppedLayers(model.Case, reference)];
        ReferenceModel.DropoutMask MaskOf(int sequence) => (layer, step, unit) => DocumentedMask(layers[layer], round: 2, sequence, kind == DropoutMask.PerSequence ? 0 : step, unit);
        double[][][] rows = [.. inputs.Select(sequence => reference.Rows(sequence, model.Case.Input))];
        float[][] direction = [.. Lengths.Select((length, i) => TestData.Values(model.OutputLength(length), 60 + i))];
        for (int i = 0; i < inputs.Length; i++)
        {
            Compare.Close(name, $"outputs of sequence {i}", [.. reference.Forward(rows[i], MaskOf(i)).SelectMany(row => row)], trainer.GetOutputs(i), 2e-6, floor: 1);
            direction[i].CopyTo(trainer.GetOutputGradients(i));
        }

        trainer.Backward();
        double Loss(int sequence, double[][] outputs) => outputs.SelectMany(row => row).Select((output, i) => output * direction[sequence][i]).Sum();
        new FiniteDifferences(name, reference, rows, Loss, MaskOf).Check(model.Gradients(trainer), 1e-5);
    }

    /// <summary>
    /// The mask written out again: numbers of the stream (training pass, layer) of the seed, those of a sequence from 2^40 times its index on,
    /// a row of units padded to 16. What a seed gives is a promise: runs can be repeated with later versions.
    /// </summary>
    private static double DocumentedMask(DroppedLayer layer, int round, int sequence, int step, int unit)
    {
        CounterRandom random = new(Seed, ((ulong)round << 16) | (uint)layer.Number);
        int stride = (layer.Units + 15) / 16 * 16;
        float uniform = random.GetUniform(((ulong)sequence << 40) + (ulong)((step * stride) + unit));
        return layer.Probability == 0 ? 1 : uniform < (float)layer.Probability ? 0 : 1 / (1 - (float)layer.Probability);
    }

    /// <summary>The layers of the reference. Their numbers count an attention pooling twice: its projection, which has the mask, and its score.</summary>
    private static IEnumerable<DroppedLayer> DroppedLayers(ModelCase model, ReferenceModel reference)
    {
        int index = 0, number = 0;
        foreach (LayerAttribute layer in model.Layers)
        {
            for (int stack = 0; stack < (layer is RecurrentLayerAttribute recurrent ? recurrent.Layers : 1); stack++)
            {
                yield return new DroppedLayer(number, layer.Dropout, reference.Units[index++]);
                number += layer is AttentionPoolingAttribute ? 2 : 1;
            }
        }
    }

    private static SequenceTrainer Trainer(TestModel model, float[][] inputs, DropoutMask kind = DropoutMask.PerStep)
    {
        SequenceTrainer trainer = model.CreateTrainer(new TrainerOptions { MaxBatch = inputs.Length, MaxSteps = Lengths.Max(), Seed = Seed, DropoutMask = kind });
        foreach (float[] sequence in inputs)
        {
            model.Add(trainer, sequence);
        }

        return trainer;
    }

    /// <summary>A first layer that gives ones, and a second one that hands them on: the outputs are the mask.</summary>
    private static SequenceTrainer MaskTrainer(int maxSteps, DropoutMask kind = DropoutMask.PerStep)
    {
        ModelCase model = ModelCase.Of<MaskModel>();
        float[] identity = new float[MaskUnits * MaskUnits], ones = new float[MaskUnits];
        Array.Fill(ones, 1);
        for (int i = 0; i < MaskUnits; i++)
        {
            identity[i * (MaskUnits + 1)] = 1;
        }

        using TemporaryFolder folder = new();
        string path = folder.GetPath("mask.safetensors");
        Weights.SafeTensorsWriter.Write(path,
        [
            Weights.SafeTensor.Create("dense1.weight", [MaskUnits, 1], new float[MaskUnits]),
            Weights.SafeTensor.Create("dense1.bias", [MaskUnits], ones),
            Weights.SafeTensor.Create("dense2.weight", [MaskUnits, MaskUnits], identity),
            Weights.SafeTensor.Create("dense2.bias", [MaskUnits], new float[MaskUnits]),
        ]);
        return model.Load(path).CreateTrainer(new TrainerOptions { MaxBatch = 1, MaxSteps = maxSteps, Seed = Seed, DropoutMask = kind });
    }

    private static float[] Mask(SequenceTrainer trainer, int steps, bool training = true)
    {
        trainer.Clear();
        trainer.Add(new float[steps]);
        trainer.Forward(training);
        return trainer.GetOutputs(0).ToArray();
    }

    /// <param name="Number">The layer's number in the streams of random numbers.</param>
    /// <param name="Probability">That an output is dropped.</param>
    /// <param name="Units">Its outputs.</param>
    private sealed record DroppedLayer(int Number, double Probability, int Units);
}
