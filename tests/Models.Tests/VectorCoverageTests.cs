namespace Seq.Embedded.Models.Tests;

/// <summary>No reference vector without its test.</summary>
public class VectorCoverageTests
{
    [Fact]
    public void Every_file_of_weights_has_its_model()
    {
        string[] files = [.. Directory.GetFiles(VectorFiles.Folder, "*.safetensors").Where(file => !file.EndsWith(".vectors.safetensors", StringComparison.Ordinal))];
        string[] models = [.. VectorFiles.Models.Select(VectorFiles.WeightsOf)];
        Assert.Equal(files.Order(StringComparer.Ordinal), models.Order(StringComparer.Ordinal));
    }
}
