using Seq.Embedded.Models.Tests.Models;
using Seq.Embedded.Training;

namespace Seq.Embedded.Models.Tests;

/// <summary>The trainer's own losses against those of PyTorch: CTC, binary cross-entropy, mean squared error.</summary>
public class TorchLossTests
{
    public static TheoryData<string> Models => [nameof(TorchCtcModel), nameof(TorchBceModel), nameof(TorchMseModel)];

    [Theory]
    [MemberData(nameof(Models))]
    public void Gradients_and_their_norm_are_those_of_PyTorch(string name) => new LossCase(name).CheckGradients();

    [Theory]
    [MemberData(nameof(Models))]
    public void Losses_of_ten_updates_are_those_of_PyTorch(string name) => new LossCase(name).CheckLosses();

    private sealed class LossCase(string name) : TorchCase(name)
    {
        protected override TrainerOptions Options =>
            Name == nameof(TorchCtcModel) ? base.Options with { MaxLabels = Enumerable.Range(0, Sequences).Max(i => Vectors[$"spelled.{i}"].Length) } : base.Options;

        protected override double Loss(SequenceTrainer trainer) => Enumerable.Range(0, Sequences).Sum(i => Loss(trainer, i));

        // The scripts take the mean over sequences (CTC) or over all outputs of the batch; the squared error of a row is a mean already.
        private double Loss(SequenceTrainer trainer, int index) => Name switch
        {
            nameof(TorchCtcModel) => trainer.Ctc(index, Integers($"spelled.{index}"), blank: 0, 1f / Sequences),
            nameof(TorchBceModel) => trainer.BinaryCrossEntropy(index, Vectors[$"targets.{index}"], 1f / Rows / Model.OutputSize),
            _ => trainer.MeanSquaredError(index, Vectors[$"targets.{index}"], 1f / Rows),
        };

        private int Rows => Enumerable.Range(0, Sequences).Sum(i => Vectors[$"targets.{i}"].Length) / Model.OutputSize;
    }
}
