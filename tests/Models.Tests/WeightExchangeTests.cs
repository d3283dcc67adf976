using Seq.Embedded.Weights;

namespace Seq.Embedded.Models.Tests;

/// <summary>
/// Files of PyTorch load unchanged and are saved as PyTorch has them. tests/Vectors/exchange.py runs this and loads the result in PyTorch.
/// </summary>
public class WeightExchangeTests
{
    public static TheoryData<string> Models => [.. VectorFiles.Models];

    [Theory]
    [MemberData(nameof(Models))]
    public void A_loaded_file_is_saved_with_the_same_names_types_shapes_and_bytes(string name)
    {
        using TemporaryFolder folder = new();
        string saved = VectorFiles.ExchangeFolder is null ? folder.GetPath("saved.safetensors") : VectorFiles.SavedOf(name);
        VectorFiles.Load(name).Save(saved);

        // What load_state_dict(strict=True) asks for, and more: the same set of names, each with its type, shape and bits.
        IReadOnlyList<string> expected = Describe(VectorFiles.WeightsOf(name));
        Assert.NotEmpty(expected);
        Assert.Equal(expected, Describe(saved));
    }

    private static IReadOnlyList<string> Describe(string path) =>
        [.. SafeTensorsFile.Read(path).Tensors.OrderBy(tensor => tensor.Name, StringComparer.Ordinal)
            .Select(tensor => $"{tensor.Name} {tensor.Type} ({string.Join(", ", tensor.Shape)}) {Convert.ToHexString(tensor.Data.Span)}")];
}
