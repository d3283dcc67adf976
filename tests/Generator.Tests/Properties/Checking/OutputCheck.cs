using Seq.Embedded.Generator.Tests.Properties.Drawing;
using Seq.Embedded.Training;
using Seq.Embedded.Weights;

namespace Seq.Embedded.Generator.Tests.Properties.Checking;

/// <summary>Steps, runs and the trainer's forward pass agree bit for bit, and all with the interpreter.</summary>
/// <remarks>
/// Allowed between floats and the interpreter's doubles: 2e-6 of the largest magnitude, at least of 1. These are 17 units in the last place of a
/// float at 1, the tolerance of the project's other tests; beyond, what <see cref="Rounding"/> explains.
/// </remarks>
internal static class OutputCheck
{
    private const double Tolerance = 2e-6;
    private const int BatchSize = 14;

    public static void Check(DrawnCase drawn)
    {
        CheckCounts(drawn);
        CheckFile(drawn);
        float[][] outputs = [.. drawn.Sequences.Select(inputs => drawn.Model.CreateStream(MaxSteps(drawn.Model.Spec)).Run(inputs))];
        for (int i = 0; i < outputs.Length; i++)
        {
            CheckInterpreter(drawn, i, outputs[i]);
            CheckStreams(drawn, i, outputs[i]);
        }

        CheckTrainer(drawn, outputs);
    }

    private static int MaxSteps(DrawnSpec spec) => Math.Max(1, spec.Lengths.Max());

    private static void CheckCounts(DrawnCase drawn)
    {
        Assert.Empty(drawn.Tensors.Unread);
        Assert.Equal(drawn.Tensors.Read.Values.Sum(tensor => tensor.Length), drawn.Model.ParameterCount);
        if (!drawn.Model.Spec.IsWholeSequence)
        {
            Assert.Equal(drawn.Interpreter.InitialState().SelectMany(layer => layer).Sum(state => state.Length), drawn.Model.StateSize);
        }
    }

    /// <summary>What was loaded is saved with the same bits, and what was saved gives the same outputs.</summary>
    private static void CheckFile(DrawnCase drawn)
    {
        SafeTensorsFile saved = drawn.Model.Save();
        Assert.Equal(drawn.File.Tensors.Select(tensor => tensor.Name).Order(), saved.Tensors.Select(tensor => tensor.Name).Order());
        foreach (SafeTensor tensor in drawn.File.Tensors)
        {
            Assert.True(saved.TryGetTensor(tensor.Name, out SafeTensor? copy));
            Agreement.SameBits($"saved {tensor.Name}", tensor.ToArray(), copy.ToArray());
        }

        float[] inputs = drawn.Sequences[0];
        int maxSteps = MaxSteps(drawn.Model.Spec);
        Agreement.SameBits("outputs of the model saved and loaded", drawn.Model.CreateStream(maxSteps).Run(inputs), drawn.Model.Load(saved).CreateStream(maxSteps).Run(inputs));
    }

    private static void CheckInterpreter(DrawnCase drawn, int sequence, float[] outputs)
    {
        double[][] rows = drawn.Rows(drawn.Sequences[sequence]);
        IReadOnlyList<double[]> given = [.. drawn.Tensors.Read.Values, .. drawn.Model.Spec.ReadsTokens ? [] : rows];
        void Check(string tensor, float[] actual, Func<double[]> compute)
        {
            double[] expected = compute();
            double tolerance = Tolerance * Math.Max(1, Agreement.Magnitude(expected));
            Agreement.Close(tensor, expected, actual, tolerance, () => Rounding.Explains(drawn.Random, given, compute));
        }

        Check($"outputs of sequence {sequence}", outputs, () => [.. drawn.Interpreter.Run(rows).SelectMany(row => row)]);
        if (drawn.Model.Spec.IsWholeSequence)
        {
            return;
        }

        GeneratedStream stream = drawn.Model.CreateStream(MaxSteps(drawn.Model.Spec));
        _ = stream.Run(drawn.Sequences[sequence]);
        Check($"state after sequence {sequence}", stream.SaveState(), () =>
        {
            double[][][] state = drawn.Interpreter.InitialState();
            drawn.Interpreter.Run(rows, state);
            return [.. state.SelectMany(layer => layer).SelectMany(values => values)];
        });
    }

    /// <summary>Steps, a run in pieces, and a run that another stream goes on with, against the run.</summary>
    private static void CheckStreams(DrawnCase drawn, int sequence, float[] expected)
    {
        GeneratedModel model = drawn.Model;
        float[] inputs = drawn.Sequences[sequence];
        int maxSteps = MaxSteps(model.Spec), size = model.ValuesPerStep;
        GeneratedStream stream = model.CreateStream(maxSteps);
        _ = stream.Run(inputs);
        stream.Reset();
        Agreement.SameBits($"outputs of sequence {sequence} after Reset", expected, stream.Run(inputs));
        Assert.Equal(!model.Spec.IsWholeSequence, stream.HasStep);
        if (!stream.HasStep)
        {
            return;
        }

        stream.Reset();
        Agreement.SameBits($"outputs of the steps of sequence {sequence}", expected, stream.Steps(inputs));
        List<float> pieces = [], resumed = [];
        GeneratedStream split = model.CreateStream(maxSteps);
        int steps = inputs.Length / size, chunk = model.Spec.LookAhead;
        for (int first = 0; first < steps || pieces.Count == 0;)
        {
            int count = drawn.Random.Next(0, Math.Min(steps - first, 20) + 1);
            count = chunk > 0 && first + count < steps ? count / chunk * chunk : count;
            ReadOnlySpan<float> piece = inputs.AsSpan(first * size, count * size);
            GeneratedStream other = model.CreateStream(maxSteps);
            other.RestoreState(split.SaveState());
            float[] outputs = split.Run(piece);
            Agreement.SameBits($"outputs of sequence {sequence} of a stream restored at step {first}", outputs, other.Run(piece));
            Agreement.SameBits($"state of sequence {sequence} after step {first + count} of a stream restored at step {first}", split.SaveState(), other.SaveState());
            first += count;
            pieces = model.Spec.ManyToOne ? [.. outputs] : [.. pieces, .. outputs];
            if (steps == 0)
            {
                break;
            }
        }

        Agreement.SameBits($"outputs of sequence {sequence} run in pieces", expected, pieces.ToArray());
    }

    /// <summary>A batch of the sequences in drawn order, of more than a trainer computes together.</summary>
    private static void CheckTrainer(DrawnCase drawn, float[][] outputs)
    {
        int[] trained = [.. Enumerable.Range(0, outputs.Length).Where(i => drawn.Sequences[i].Length > 0)];
        if (trained.Length == 0)
        {
            return;
        }

        trained = drawn.Random.GetItems(trained, BatchSize);

        using SequenceTrainer trainer = drawn.Model.CreateTrainer(new TrainerOptions { MaxBatch = trained.Length, MaxSteps = MaxSteps(drawn.Model.Spec) });
        foreach (int i in trained)
        {
            drawn.Model.Add(trainer, drawn.Sequences[i]);
        }

        trainer.Forward(training: false);
        for (int i = 0; i < trained.Length; i++)
        {
            Agreement.SameBits($"outputs of sequence {trained[i]} of the trainer", outputs[trained[i]], trainer.GetOutputs(i));
        }
    }
}
