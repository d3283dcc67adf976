using Seq.Embedded.Weights;

namespace Devices;

/// <summary>A file that a command is to write, such as that of --out.</summary>
internal static class OutputFile
{
    /// <summary>Finds out before the work, not after it, that the result cannot be saved.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="option">The option that names it.</param>
    /// <exception cref="InputException">The path is a folder or a device, or its folder is missing or takes no file of that name.</exception>
    public static void CheckWritable(string path, string option = "--out")
    {
        if (Directory.Exists(path))
        {
            throw new InputException($"{path}: is a folder; {option} needs the name of a file");
        }

        string target = Target(path);
        if (IsDevice(Path.GetFullPath(path)) || IsDevice(target))
        {
            throw new InputException($"{path}: is a device; {option} needs the name of a file");
        }

        string folder = Path.GetDirectoryName(target) ?? "/";
        if (!Directory.Exists(folder))
        {
            throw new InputException($"{path}: cannot be written: there is no folder {folder}");
        }

        string probe = Path.Combine(folder, $".{Path.GetFileName(target)}.{Environment.ProcessId}.probe");
        try
        {
            File.Create(probe, 1, FileOptions.DeleteOnClose).Dispose();
        }
        catch (UnauthorizedAccessException)
        {
            throw new InputException($"{path}: cannot be written: it is not permitted to create files in the folder {folder}");
        }
        catch (IOException)
        {
            // Its message names the probe, which the user never chose.
            throw new InputException($"{path}: cannot be written: no file of that name can be created in the folder {folder}");
        }
    }

    /// <summary>True where the file is there and holds the tensors of <paramref name="file"/>: whatever links and names lead to it, saving would lose them.</summary>
    public static bool Holds(string path, SafeTensorsFile file)
    {
        // Of length 0 are pipes too, which would wait to be written to.
        if (new FileInfo(path) is not { Exists: true, Length: > 0 })
        {
            return false;
        }

        try
        {
            SafeTensorsFile other = SafeTensorsFile.Read(path);
            return other.Tensors.Count == file.Tensors.Count
                && Array.TrueForAll([.. file.Tensors], tensor => other.TryGetTensor(tensor.Name, out SafeTensor? same) && same.Data.Span.SequenceEqual(tensor.Data.Span));
        }
        catch (Exception exception) when (exception is WeightFileException or IOException or UnauthorizedAccessException)
        {
            return false; // what cannot be read as weights is not what was read
        }
    }

    /// <summary>Saving replaces the file, and nobody means to replace /dev/null. (/dev/shm holds ordinary files.)</summary>
    private static bool IsDevice(string target) =>
        !OperatingSystem.IsWindows()
            && target.StartsWith("/dev/", StringComparison.Ordinal)
            && !target.StartsWith("/dev/shm/", StringComparison.Ordinal);

    /// <summary>What is replaced: the full path, behind the links of the file and of its folder.</summary>
    private static string Target(string path)
    {
        string full = Path.GetFullPath(path); // of a relative path .NET resolves links to relative paths
        string file = File.Exists(full) ? File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full : full;
        return Path.GetDirectoryName(file) is { } folder && Directory.Exists(folder)
            ? Path.Combine(Directory.ResolveLinkTarget(folder, returnFinalTarget: true)?.FullName ?? folder, Path.GetFileName(file))
            : file;
    }
}
