using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Seq.Embedded.Weights;

/// <summary>Replaces a file in one step: readers, a failure or a power cut see the whole old file or the whole new one.</summary>
/// <remarks>
/// A process that is killed while it writes leaves its temporary file, which the next write of the same file deletes. A writer that is alive holds a lock
/// on its own, and no name is used twice: so what can be locked is nobody's.
/// </remarks>
public static partial class AtomicFile
{
    private const int MostLinks = 40;
    private const int MostAttempts = 100;

    /// <summary>
    /// Lets <paramref name="write"/> fill a temporary file beside <paramref name="path"/>, flushes it to the disk, renames it over
    /// <paramref name="path"/>, and flushes the folder. A link is followed; an existing file's Unix permissions are kept.
    /// </summary>
    /// <param name="path">The file; replaced when it exists.</param>
    /// <param name="write">Writes the content to the stream that it is given, and leaves it open; what it throws leaves the old file untouched.</param>
    /// <exception cref="IOException">The folder is missing, the disk is full, or the path is a folder or device. The old file is untouched.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to. The old file is untouched.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        string target = GetTarget(path);
        string folder = Path.GetDirectoryName(target) ?? throw new IOException($"Cannot write '{path}': it is not a file.");
        string temporary = "";
        try
        {
            // Open, and thus locked, until it has its name: between the two nobody can take it for one that was left.
            using FileStream stream = Create(folder, Path.GetFileName(target), out temporary);
            DeleteLeft(folder, Path.GetFileName(target), temporary);
            write(stream);
            if (!OperatingSystem.IsWindows() && File.Exists(target))
            {
                File.SetUnixFileMode(stream.SafeFileHandle, File.GetUnixFileMode(target));
            }

            stream.Flush(flushToDisk: true);
            File.Move(temporary, target, overwrite: true);
            temporary = "";
        }
        catch (IOException e)
        {
            // The message of the cause names the temporary file, which the user never chose.
            throw new IOException($"Cannot write '{path}': {e.Message}", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new UnauthorizedAccessException($"Cannot write '{path}': {e.Message}", e);
        }
        finally
        {
            if (temporary.Length > 0)
            {
                TryDelete(temporary);
            }
        }

        FlushFolder(folder);
    }

    /// <summary>Where a path leads: links are followed, those of the folders first.</summary>
    private static string GetTarget(string path)
    {
        string target = Path.GetFullPath(path);
        ThrowIfNotFile(path, target);
        int links = 0, start = Path.GetPathRoot(target)!.Length;
        while (start < target.Length)
        {
            int separator = target.IndexOf(Path.DirectorySeparatorChar, start), end = separator < 0 ? target.Length : separator;
            FileInfo part = new(target[..end]);
            if (links < MostLinks && part.LinkTarget is not null && part.ResolveLinkTarget(returnFinalTarget: false) is { } linked)
            {
                target = linked.FullName + target[end..];
                start = Path.GetPathRoot(target)!.Length;
                links++;
            }
            else
            {
                start = end + 1;
            }
        }

        ThrowIfNotFile(path, target);
        return target;
    }

    private static void ThrowIfNotFile(string path, string target)
    {
        // Renaming over /dev/null, which root may do, would replace the device for the whole machine.
        bool device = !OperatingSystem.IsWindows()
            && target.StartsWith("/dev/", StringComparison.Ordinal) && !target.StartsWith("/dev/shm/", StringComparison.Ordinal);
        if (device || Directory.Exists(target))
        {
            throw new IOException($"Cannot write '{path}': it is a {(device ? "device" : "folder")}, not a file.");
        }
    }

    /// <summary>A new temporary file, which is locked while it is open, and may be renamed.</summary>
    private static FileStream Create(string folder, string name, out string temporary)
    {
        for (int attempt = 0; ; attempt++)
        {
            temporary = Path.Combine(folder, $".{name}.{Guid.NewGuid():n}.tmp");
            try
            {
                FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, bufferSize: 0);
                if (File.Exists(temporary))
                {
                    return stream;
                }

                // Another writer saw it before it was locked, and has deleted it.
                stream.Dispose();
            }
            catch (IOException) when (attempt < MostAttempts && Directory.Exists(folder))
            {
                // Another writer saw it before it was locked, and holds the lock.
            }
        }
    }

    /// <summary>Deletes the temporary files that processes left which were killed while they wrote the file of that name.</summary>
    private static void DeleteLeft(string folder, string name, string own)
    {
        try
        {
            // Some file systems have no locks: there a file that can be locked may be in use.
            if (TryLock(own, FileOptions.None))
            {
                return;
            }

            EnumerationOptions all = new() { MatchType = MatchType.Simple, AttributesToSkip = 0 };
            foreach (string file in Directory.EnumerateFiles(folder, "*.tmp", all))
            {
                ReadOnlySpan<char> left = Path.GetFileName(file.AsSpan());
                if (left.Length == name.Length + 38 && left[0] == '.' && left[1..].StartsWith(name, StringComparison.Ordinal) && Guid.TryParseExact(left.Slice(name.Length + 2, 32), "n", out _))
                {
                    TryLock(file, FileOptions.DeleteOnClose);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // They take space, and do no harm.
        }
    }

    /// <summary>Opens a file that nobody has open, and closes it again.</summary>
    private static bool TryLock(string file, FileOptions options)
    {
        try
        {
            new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, options).Dispose();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The first failure is the one to report.
        }
    }

    /// <summary>Makes the rename survive a power cut. .NET opens no folders, so this is the one call into the C library.</summary>
    /// <returns>True when the folder is on the disk. False: the file is complete and in place, and becomes durable in the file system's own time.</returns>
    internal static bool FlushFolder(string folder)
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS())
        {
            return false;
        }

        try
        {
            const int ReadOnly = 0;
            using SafeFileHandle handle = new(Open(folder, ReadOnly), ownsHandle: true);
            if (handle.IsInvalid)
            {
                return false;
            }

            RandomAccess.FlushToDisk(handle);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    /// <summary>int open(const char* path, int flags): a file descriptor, or -1. A third argument exists only where a file is created.</summary>
    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);
}
