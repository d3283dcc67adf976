using Seq.Embedded.Weights;

namespace Devices;

/// <summary>A file that a command is to write, such as that of --out.</summary>
internal static class OutputFile
{
    /// <summary>Finds out before the work, not after it, that the result cannot be saved, or would replace what the command reads.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="option">The option that names it.</param>
    /// <param name="inputs">The files that the command reads, and the folders whose WAV files it reads, each with the option that names it; null for what is not given.</param>
    /// <exception cref="UsageException">The file is one of the inputs, whatever links and names lead to it.</exception>
    /// <exception cref="InputException">The path is a folder or a device, or its folder is missing or takes no file of that name.</exception>
    public static void CheckWritable(string path, string option = "--out", params ReadOnlySpan<(string Option, IReadOnlyList<string?> Paths)> inputs)
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

        if (File.Exists(target))
        {
            CheckIsNoInput(path, target, option, inputs);
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

    /// <summary>Finds out before the work that files cannot be written to a folder, which is created.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="option">The option that names it.</param>
    /// <exception cref="InputException">The path is a file, or the folder cannot be created or takes no files.</exception>
    public static void CheckFolder(string folder, string option)
    {
        try
        {
            Directory.CreateDirectory(folder);
            File.Create(Path.Combine(folder, $".{Environment.ProcessId}.probe"), 1, FileOptions.DeleteOnClose).Dispose();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{folder}: {option} needs a folder that files can be written to; it is none, or cannot be created");
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

    /// <remarks>Hard links are no matter: files are replaced, not written into, so the input keeps its content under its other name.</remarks>
    private static void CheckIsNoInput(string path, string target, string option, ReadOnlySpan<(string Option, IReadOnlyList<string?> Paths)> inputs)
    {
        StringComparison comparison = OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        foreach ((string taken, IReadOnlyList<string?> paths) in inputs)
        {
            foreach (string? input in paths)
            {
                if (File.Exists(input) && Target(input).Equals(target, comparison))
                {
                    throw new UsageException($"{option} is '{path}', the file of {taken}; allowed: another file");
                }

                if (Directory.Exists(input) && Array.Exists(
                    Directory.GetFiles(input, "*", SearchOption.AllDirectories),
                    file => Path.GetExtension(file).Equals(".wav", StringComparison.OrdinalIgnoreCase) && Target(file).Equals(target, comparison)))
                {
                    throw new UsageException($"{option} is '{path}', a file of the folder of {taken}; allowed: another file");
                }
            }
        }
    }

    /// <summary>What is replaced: the full path, behind the links of the file and of its folders.</summary>
    private static string Target(string path)
    {
        string full = Path.GetFullPath(path); // of a relative path .NET resolves links to relative paths
        if (Path.GetDirectoryName(full) is not { } folder)
        {
            return full;
        }

        string file = Path.Combine(Target(folder), Path.GetFileName(full));
        FileSystemInfo? linked = Directory.Exists(file) ? Directory.ResolveLinkTarget(file, returnFinalTarget: true)
            : File.Exists(file) ? File.ResolveLinkTarget(file, returnFinalTarget: true)
            : null; // what is missing, or links in a circle, leads nowhere
        return linked is null ? file : Target(linked.FullName);
    }
}
