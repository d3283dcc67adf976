using Seq.Embedded.Models.Tests.Models;
using Seq.Embedded.Training;

namespace Seq.Embedded.Models.Tests;

/// <summary>Outputs with teacher forcing, gradients and ten training steps against PyTorch, for encoders with decoders.</summary>
public class TorchDecoderTests
{
    public static TheoryData<string> Models =>
        [nameof(TorchDecoderAdditiveModel), nameof(TorchDecoderDotModel), nameof(TorchDecoderPlainModel), nameof(TorchOneToManyModel)];

    [Theory]
    [MemberData(nameof(Models))]
    public void Outputs_are_those_of_PyTorch(string name) => new DecoderCase(name).CheckOutputs();

    [Theory]
    [MemberData(nameof(Models))]
    public void Gradients_and_their_norm_are_those_of_PyTorch(string name) => new DecoderCase(name).CheckGradients();

    [Theory]
    [MemberData(nameof(Models))]
    public void Losses_of_ten_updates_are_those_of_PyTorch(string name) => new DecoderCase(name).CheckLosses();

    private sealed class DecoderCase(string name) : TorchCase(name)
    {
        private bool ReadsTokens => Vectors.ContainsKey("tokens.0");

        // Of the longer of the two sequences.
        protected override int StepsOf(int index) =>
            Math.Max(ReadsTokens ? Vectors[$"tokens.{index}"].Length : base.StepsOf(index), Vectors[$"decoder_tokens.{index}"].Length);

        /// <summary>Only training forces the decoder's inputs.</summary>
        protected override void Run(int index, Span<float> outputs)
        {
            using SequenceTrainer trainer = Model.CreateTrainer(Options);
            Add(trainer, index);
            trainer.Forward(training: false);
            trainer.GetOutputs(0).CopyTo(outputs);
        }

        protected override void Add(SequenceTrainer trainer, int index)
        {
            int[] decoderTokens = Integers($"decoder_tokens.{index}");
            if (ReadsTokens)
            {
                trainer.Add(Integers($"tokens.{index}"), decoderTokens);
            }
            else
            {
                trainer.Add(Vectors[$"inputs.{index}"], decoderTokens);
            }
        }
    }
}
