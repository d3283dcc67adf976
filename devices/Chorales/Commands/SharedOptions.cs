using Devices.Usage;
using Seq.Embedded.Weights;

namespace Chorales.Commands;

/// <summary>Options that several commands have.</summary>
internal static class SharedOptions
{
    private const string BundledResource = "chorales.safetensors";

    public static Option Model() => Option.Text("--model", "file", "Weight file of the model; the bundled model when not given.");

    /// <exception cref="InputException">The file is missing or a folder.</exception>
    /// <exception cref="WeightFileException">The file is damaged or does not fit the network.</exception>
    public static ChoraleModel Load(string? path) => ChoraleModel.Load(ModelFile.Read(path, BundledResource));
}
