namespace KeywordSpotter.Listening;

/// <summary>Folders and files that only their owner may read, whatever the umask says: they hold what was spoken in a room.</summary>
internal static class PrivateFiles
{
    private const UnixFileMode OwnFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes a folder and those above it where they are missing; one that is there stays as it is.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows() || Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);
            return;
        }

        if (Path.GetDirectoryName(Path.GetFullPath(folder)) is { } above)
        {
            CreateFolder(above);
        }

        Directory.CreateDirectory(folder, OwnFile | UnixFileMode.UserExecute);
    }

    /// <summary>Closes a new file to everybody else.</summary>
    /// <param name="stream">The file, empty as yet.</param>
    public static void Close(Stream stream)
    {
        if (!OperatingSystem.IsWindows() && stream is FileStream file)
        {
            File.SetUnixFileMode(file.SafeFileHandle, OwnFile);
        }
    }
}
