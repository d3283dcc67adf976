namespace KeywordSpotter.Commands;

/// <summary>The weight file that a command is to write: --out.</summary>
internal static class OutputFile
{
    /// <summary>Finds out before the work, not after it, that the result cannot be saved.</summary>
    /// <exception cref="InputException">The path is a folder or a device, or its folder is missing.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public static void CheckWritable(string path)
    {
        if (Directory.Exists(path))
        {
            throw new InputException($"{path}: is a folder; --out needs the name of a file");
        }

        if (IsDevice(path))
        {
            throw new InputException($"{path}: is a device; --out needs the name of a file");
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        if (!Directory.Exists(folder))
        {
            throw new InputException($"{path}: cannot be written, there is no folder {folder}");
        }

        string probe = Path.Combine(folder, $".{Path.GetFileName(path)}.{Environment.ProcessId}.probe");
        File.Create(probe, 1, FileOptions.DeleteOnClose).Dispose();
    }

    /// <summary>True where both name one file, through symbolic links too.</summary>
    public static bool IsSame(string path, string other) => Target(path) == Target(other);

    /// <summary>Saving replaces the file, and nobody means to replace /dev/null. (/dev/shm holds ordinary files.)</summary>
    private static bool IsDevice(string path)
    {
        string target = Target(path);
        return !OperatingSystem.IsWindows()
            && target.StartsWith("/dev/", StringComparison.Ordinal)
            && !target.StartsWith("/dev/shm/", StringComparison.Ordinal);
    }

    private static string Target(string path) =>
        (File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName : null) ?? Path.GetFullPath(path);
}
