namespace Seq.Embedded.Models.Tests;

/// <summary>Outputs, gradients and ten training steps against PyTorch, for all models that read vectors.</summary>
public class TorchVectorTests
{
    public static TheoryData<string> Models => [.. VectorFiles.ModelsOf("Torch").Where(ReadsVectors)];

    public static TheoryData<string> ModelsWithLossPerOutput => [.. VectorFiles.ModelsOf("Torch").Where(name => ReadsVectors(name) && !VectorFiles.VectorsOf(name).ContainsKey("spelled.0"))];

    [Theory]
    [MemberData(nameof(Models))]
    public void Outputs_are_those_of_PyTorch(string name) => new TorchCase(name).CheckOutputs();

    [Theory]
    [MemberData(nameof(ModelsWithLossPerOutput))]
    public void Gradients_and_their_norm_are_those_of_PyTorch(string name) => new TorchCase(name).CheckGradients();

    [Theory]
    [MemberData(nameof(ModelsWithLossPerOutput))]
    public void Losses_of_ten_updates_are_those_of_PyTorch(string name) => new TorchCase(name).CheckLosses();

    private static bool ReadsVectors(string name)
    {
        Dictionary<string, float[]> vectors = VectorFiles.VectorsOf(name);
        return vectors.ContainsKey("inputs.0") && !vectors.ContainsKey("decoder_tokens.0");
    }
}
