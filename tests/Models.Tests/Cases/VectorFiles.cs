using System.Text.RegularExpressions;
using Seq.Embedded.Weights;

namespace Seq.Embedded.Models.Tests.Cases;

/// <summary>
/// The files of tests/Vectors/models by the models they were made for: the model <c>TorchOneHotModel</c> has the weights of
/// <c>torch_one_hot.safetensors</c> and the inputs and results of <c>torch_one_hot.vectors.safetensors</c>.
/// </summary>
internal static partial class VectorFiles
{
    /// <summary>The folder of new files when tests/Vectors/exchange.py runs the tests; otherwise null.</summary>
    public static string? ExchangeFolder { get; } = Environment.GetEnvironmentVariable("SEQ_EXCHANGE");

    /// <summary>The folder of the files.</summary>
    public static string Folder { get; } = ExchangeFolder ?? FindFolder();

    /// <summary>The names of the models whose vectors come from one source: Torch or Onnx.</summary>
    public static IEnumerable<string> ModelsOf(string source) =>
        ModelCase.All.Select(model => model.Name).Where(name => name.StartsWith(source, StringComparison.Ordinal));

    /// <summary>The names of all models that have a file, encoders with decoders among them.</summary>
    public static IEnumerable<string> Models => [.. ModelsOf("Torch"), .. ModelsOf("Onnx"), .. DecoderCase.All.Select(model => model.Name).Where(name => name.StartsWith("Torch", StringComparison.Ordinal))];

    /// <summary>Path of the weights of a model.</summary>
    public static string WeightsOf(string model) => Path.Combine(Folder, FileOf(model) + ".safetensors");

    /// <summary>Where exchange.py expects the weights that were loaded to be saved again.</summary>
    public static string SavedOf(string model) => Path.Combine(Folder, FileOf(model) + ".saved.safetensors");

    /// <summary>The model with the weights of its file.</summary>
    public static TestModel Load(string model) => ModelCase.Get(model).Load(WeightsOf(model));

    /// <summary>Inputs and results of a model, by the names that the scripts give them.</summary>
    public static Dictionary<string, float[]> VectorsOf(string model) =>
        SafeTensorsFile.Read(Path.Combine(Folder, FileOf(model) + ".vectors.safetensors")).Tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.ToArray());

    private static string FileOf(string model)
    {
        Assert.EndsWith("Model", model, StringComparison.Ordinal);
        return CapitalInside().Replace(model[..^"Model".Length], "_$0").ToLowerInvariant();
    }

    private static string FindFolder()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !Directory.Exists(Path.Combine(folder.FullName, "tests", "Vectors")))
        {
            folder = folder.Parent;
        }

        Assert.True(folder is not null, $"There is no folder tests/Vectors above {AppContext.BaseDirectory}.");
        return Path.Combine(folder.FullName, "tests", "Vectors", "models");
    }

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex CapitalInside();
}
