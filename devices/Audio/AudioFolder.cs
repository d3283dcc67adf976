using Seq.Embedded.Audio;

namespace Devices.Audio;

/// <summary>Finding and decoding the WAV files of folders.</summary>
internal static class AudioFolder
{
    /// <summary>All WAV files below a folder, in ordinal order so that every machine sees the same order. Hidden files and folders are skipped.</summary>
    /// <exception cref="InputException">The folder does not exist or holds no WAV file.</exception>
    public static string[] FindWavs(string folder, string what)
    {
        if (!Directory.Exists(folder))
        {
            throw new InputException($"{folder}: no such folder ({what})");
        }

        string[] files = Array.FindAll(
            Directory.GetFiles(folder, "*", SearchOption.AllDirectories),
            file => Path.GetExtension(file).Equals(".wav", StringComparison.OrdinalIgnoreCase) && !IsHidden(Path.GetRelativePath(folder, file)));
        Array.Sort(files, StringComparer.Ordinal);
        return files.Length > 0 ? files : throw new InputException($"{folder}: holds no WAV files ({what})");
    }

    /// <summary>The same for several folders, one after the other.</summary>
    public static string[] FindWavs(IReadOnlyList<string> folders, string what)
    {
        var files = new List<string>();
        foreach (string folder in folders)
        {
            files.AddRange(FindWavs(folder, what));
        }

        return [.. files];
    }

    /// <summary>The labelled folders of <c>--data</c> or <c>--extra</c>, in ordinal order.</summary>
    /// <exception cref="InputException">The folder does not exist or has no folders in it.</exception>
    public static string[] FindLabels(string data, string what)
    {
        if (!Directory.Exists(data))
        {
            throw new InputException($"{data}: no such folder ({what})");
        }

        string[] folders = Array.FindAll(Directory.GetDirectories(data), folder => !Path.GetFileName(folder).StartsWith('.'));
        Array.Sort(folders, StringComparer.Ordinal);
        return folders.Length > 0
            ? folders
            : throw new InputException($"{data}: holds no folders ({what} needs one folder of WAV files per word)");
    }

    /// <summary>Whether a labelled folder holds background rather than a keyword, by its name.</summary>
    public static bool IsBackground(string folder) => Path.GetFileName(folder).ToLowerInvariant() is "_background_noise_" or "background";

    /// <summary>Whether a file or one of its folders, seen from the folder that was given, begins with a dot.</summary>
    private static bool IsHidden(string relative) => relative.StartsWith('.') || relative.Contains($"{Path.DirectorySeparatorChar}.");

    /// <summary>Decodes files to 16 bit in memory, several at a time.</summary>
    /// <exception cref="InputException">A file holds no samples.</exception>
    /// <exception cref="AudioFormatException">A file cannot be decoded.</exception>
    public static Clip[] Decode(IReadOnlyList<string> files, int sampleRate, int threads, CancellationToken stop) =>
        Decode(files, sampleRate, threads, stop, clip => clip);

    /// <summary>The same with something done to each clip at once, so that it need not be held as well.</summary>
    public static T[] Decode<T>(IReadOnlyList<string> files, int sampleRate, int threads, CancellationToken stop, Func<Clip, T> select) =>
        Parallelism.Map(files, threads, stop, file =>
        {
            float[] samples = WavFile.ReadMono(file, sampleRate);
            return samples.Length > 0 ? select(new Clip(file, Clip.Quantise(samples), sampleRate)) : throw new InputException($"{file}: holds no audio");
        });
}
