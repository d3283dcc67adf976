using Seq.Embedded.Models.Tests.Models;
using Seq.Embedded.Training;

namespace Seq.Embedded.Models.Tests;

/// <summary>Outputs, gradients and ten training steps against PyTorch, for models that read tokens.</summary>
public class TorchTokenTests
{
    private delegate void RunTokens(ReadOnlySpan<int> tokens, Span<float> outputs);

    public static TheoryData<string> Models => [nameof(TorchTokensModel), nameof(TorchOneHotModel)];

    [Theory]
    [MemberData(nameof(Models))]
    public void Outputs_are_those_of_PyTorch(string name) => new TokenCase(name).CheckOutputs();

    [Theory]
    [MemberData(nameof(Models))]
    public void Gradients_and_their_norm_are_those_of_PyTorch(string name) => new TokenCase(name).CheckGradients();

    [Theory]
    [MemberData(nameof(Models))]
    public void Losses_of_ten_updates_are_those_of_PyTorch(string name) => new TokenCase(name).CheckLosses();

    private sealed class TokenCase(string name) : TorchCase(name)
    {
        protected override int StepsOf(int index) => Vectors[$"tokens.{index}"].Length;

        protected override void Run(int index, Span<float> outputs)
        {
            string weights = VectorFiles.WeightsOf(Name);
            RunTokens run = Name == nameof(TorchTokensModel) ? TorchTokensModel.Load(weights).CreateStream().Run : TorchOneHotModel.Load(weights).CreateStream().Run;
            run(Integers($"tokens.{index}"), outputs);
        }

        protected override void Add(SequenceTrainer trainer, int index) => trainer.Add(Integers($"tokens.{index}"));
    }
}
