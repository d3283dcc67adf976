using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Seq.Embedded.Weights;

/// <summary>Replaces a file in one step: readers, a failure or a power cut see the whole old file or the whole new one.</summary>
public static partial class AtomicFile
{
    /// <summary>
    /// Lets <paramref name="write"/> fill a temporary file beside <paramref name="path"/>, flushes it to the disk, renames it over
    /// <paramref name="path"/>, and flushes the folder. A link is followed; an existing file's Unix permissions are kept.
    /// </summary>
    /// <param name="path">The file; replaced when it exists.</param>
    /// <param name="write">Writes the content to the stream that it is given; what it throws leaves the old file untouched.</param>
    /// <exception cref="IOException">The folder is missing, the disk is full, or the path is a folder or device. The old file is untouched.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to. The old file is untouched.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        string target = GetTarget(path);
        string folder = Path.GetDirectoryName(target) ?? throw new IOException($"Cannot write '{path}': it is not a file.");
        string temporary = Path.Combine(folder, $".{Path.GetFileName(target)}.{Guid.NewGuid():n}.tmp");
        bool created = false;
        try
        {
            using (FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                created = true;
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            if (!OperatingSystem.IsWindows() && File.Exists(target))
            {
                File.SetUnixFileMode(temporary, File.GetUnixFileMode(target));
            }

            File.Move(temporary, target, overwrite: true);
            created = false;
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
            if (created)
            {
                TryDelete(temporary);
            }
        }

        FlushFolder(folder);
    }

    private static string GetTarget(string path)
    {
        string target = Path.GetFullPath(path);
        ThrowIfNotFile(path, target);
        FileInfo file = new(target);
        if (file.LinkTarget is not null && file.ResolveLinkTarget(returnFinalTarget: true) is { } linked)
        {
            target = linked.FullName;
            ThrowIfNotFile(path, target);
        }

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
