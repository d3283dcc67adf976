using Seq.Embedded.Generator.Tests.Properties.Drawing;
using Seq.Embedded.Training;
using Seq.Embedded.Weights;

namespace Seq.Embedded.Generator.Tests.Properties.Checking;

/// <summary>Of models of either weight format: steps, runs, runs in pieces, streams that go on from a snapshot, and saved files agree bit for bit; of models with floats the trainer's forward pass, too.</summary>
internal static class ConsistencyCheck
{
    private const int BatchSize = 14;
    private const int LongestPiece = 20;

    public static void Check(DrawnCase drawn)
    {
        CheckFile(drawn);
        float[][] outputs = [.. drawn.Sequences.Select(inputs => drawn.CreateStream().Run(inputs))];
        for (int i = 0; i < outputs.Length; i++)
        {
            CheckStream(drawn, i, outputs[i]);
        }

        if (!drawn.Model.Spec.IsInt8)
        {
            CheckTrainer(drawn, outputs);
        }
    }

    /// <summary>What was loaded is saved with the same bits, and what was saved gives the same outputs.</summary>
    private static void CheckFile(DrawnCase drawn)
    {
        SafeTensorsFile saved = drawn.Model.Save(), file = drawn.Model.Spec.IsInt8 ? drawn.Model.Load(saved).Save() : drawn.File;
        Assert.Equal(file.Tensors.Select(tensor => tensor.Name).Order(), saved.Tensors.Select(tensor => tensor.Name).Order());
        foreach (SafeTensor tensor in file.Tensors)
        {
            Assert.True(saved.TryGetTensor(tensor.Name, out SafeTensor? copy));
            Assert.True(tensor.Type == copy.Type && tensor.Data.Span.SequenceEqual(copy.Data.Span), $"{tensor.Name} is saved with other bits.");
        }

        float[] inputs = drawn.Sequences[0];
        Agreement.SameBits("outputs of the model saved and loaded", drawn.CreateStream().Run(inputs), drawn.Model.Load(saved).CreateStream(drawn.MaxSteps).Run(inputs));
    }

    private static void CheckStream(DrawnCase drawn, int sequence, float[] expected)
    {
        float[] inputs = drawn.Sequences[sequence];
        float[] given = drawn.DrawState();
        GeneratedStream stream = drawn.CreateStream();
        float[] expectedFromState = stream.Run(inputs, given);
        stream.Reset();
        Agreement.SameBits($"outputs of sequence {sequence} after Reset", expected, stream.Run(inputs));
        Assert.Equal(!drawn.Model.Spec.IsWholeSequence, stream.HasStep);
        if (!stream.HasStep)
        {
            return;
        }

        stream.Reset();
        Agreement.SameBits($"outputs of the steps of sequence {sequence}", expected, stream.Steps(inputs));
        stream.RestoreState(given);
        Agreement.SameBits($"outputs of the steps of sequence {sequence} from a given state", expectedFromState, stream.Steps(inputs));
        Agreement.SameBits($"outputs of sequence {sequence} run in pieces", expected, RunInPieces(drawn, sequence));
    }

    /// <summary>Runs pieces of a sequence one after the other, each also by a stream that goes on from the snapshot of the one before.</summary>
    private static float[] RunInPieces(DrawnCase drawn, int sequence)
    {
        DrawnSpec spec = drawn.Model.Spec;
        float[] inputs = drawn.Sequences[sequence];
        int size = drawn.Model.ValuesPerStep, steps = inputs.Length / size, first = 0;
        List<float> outputs = [];
        GeneratedStream stream = drawn.CreateStream();
        do
        {
            int count = drawn.Random.Next(0, Math.Min(steps - first, LongestPiece) + 1);
            if (spec.LookAhead > 0 && first + count < steps)
            {
                // Between chunks, as the end of a piece ends a chunk.
                count = count / spec.LookAhead * spec.LookAhead;
            }

            ReadOnlySpan<float> piece = inputs.AsSpan(first * size, count * size);
            GeneratedStream other = drawn.CreateStream();
            other.RestoreState(stream.SaveState());
            float[] some = stream.Run(piece);
            Agreement.SameBits($"outputs of sequence {sequence} of a stream restored at step {first}", some, other.Run(piece));
            Agreement.SameBits($"state of sequence {sequence} after step {first + count} of a stream restored at step {first}", stream.SaveState(), other.SaveState());
            outputs = spec.ManyToOne ? [.. some] : [.. outputs, .. some];
            first += count;
        }
        while (first < steps);

        return [.. outputs];
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
        using SequenceTrainer trainer = drawn.Model.CreateTrainer(new TrainerOptions { MaxBatch = BatchSize, MaxSteps = drawn.MaxSteps });
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
