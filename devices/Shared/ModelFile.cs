using Seq.Embedded.Weights;

namespace Devices;

/// <summary>The weight file that a command reads: --model.</summary>
internal static class ModelFile
{
    /// <summary>Reads a weight file, or the bundled model when <paramref name="path"/> is null.</summary>
    /// <param name="path">The file that was given.</param>
    /// <param name="bundled">Name of the resource that holds the bundled model.</param>
    /// <exception cref="InputException">The file is missing or a folder, or no model is bundled.</exception>
    /// <exception cref="WeightFileException">The file is damaged.</exception>
    public static SafeTensorsFile Read(string? path, string bundled)
    {
        if (path is null)
        {
            using Stream stream = typeof(ModelFile).Assembly.GetManifestResourceStream(bundled)
                ?? throw new InputException("no model is bundled with this build: give one with --model FILE");
            return SafeTensorsFile.Read(stream, bundled);
        }

        if (Directory.Exists(path))
        {
            throw new InputException($"{path}: is a folder; a model is a file");
        }

        return File.Exists(path) ? SafeTensorsFile.Read(path) : throw new InputException($"{path}: no such model file");
    }
}
