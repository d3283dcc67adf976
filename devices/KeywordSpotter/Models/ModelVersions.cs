using System.Globalization;
using KeywordSpotter.Commands;
using KeywordSpotter.Spotting;
using Seq.Embedded.Weights;

namespace KeywordSpotter.Models;

/// <summary>
/// The versions of a model file, in the folder FILE.versions beside it: NNNN.safetensors, the oldest first. Once a file is written over, what it holds and the
/// five models before that are there, so that any of them can be gone back to.
/// </summary>
/// <remarks>
/// A model is first written to its version, then to FILE, each in one step: whenever the power fails, FILE is a whole model, the old or the new one, and it is
/// among the versions. The version is that of FILE which has the same bytes; that is what tells the current one.
/// </remarks>
internal static class ModelVersions
{
    /// <summary>Versions before the current one that are kept.</summary>
    public const int MostKept = 5;

    /// <summary>Metadata of a model: the command that made it, without the names of files.</summary>
    public const string MakerKey = "version.maker";

    /// <summary>Metadata of a model: what was measured when it was made.</summary>
    public const string FiguresKey = "version.figures";

    private const string Unknown = "-";
    private const string Extension = ".safetensors";
    private const string TuningResultKey = "tuning.result";

    /// <summary>The folder of the versions of a file.</summary>
    public static string FolderOf(string path) => path + ".versions";

    /// <summary>Saves a model, atomically; what the file held before, if it was a file, is kept as a version.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file.</param>
    /// <param name="maker">The command that made it, without the names of files.</param>
    /// <param name="figures">What was measured, in a line.</param>
    /// <param name="notes">Further texts for the metadata.</param>
    /// <exception cref="WeightFileException">A weight is NaN or infinite.</exception>
    /// <exception cref="IOException">The folder cannot be written to, or the disk is full; FILE is as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, for lack of permission.</exception>
    public static void Save(SpotterModel model, string path, string maker, string figures, IReadOnlyDictionary<string, string> notes)
    {
        Dictionary<string, string> texts = new(notes) { [MakerKey] = maker, [FiguresKey] = figures };
        if (!File.Exists(path))
        {
            model.Save(path, texts);
            return;
        }

        int before = Keep(path);
        string version = FileOf(path, Numbers(path)[^1] + 1);
        model.Save(version, texts);
        Replace(path, File.ReadAllBytes(version));
        foreach (int number in Numbers(path)[..^1].SkipLast(MostKept))
        {
            if (number != before) // rolled back to: it is the way back from here
            {
                File.Delete(FileOf(path, number));
            }
        }
    }

    /// <summary>The versions of a file, the oldest first; the file alone where no other is kept.</summary>
    /// <exception cref="InputException">There is no such file.</exception>
    public static IReadOnlyList<ModelVersion> List(string path)
    {
        if (!File.Exists(path))
        {
            throw new InputException($"{path}: {(Directory.Exists(path) ? "is a folder; a model is a file" : "no such model file")}");
        }

        byte[] current = File.ReadAllBytes(path);
        int[] numbers = Numbers(path);
        int now = Current(path, numbers, current);
        var versions = new List<ModelVersion>();
        foreach (int number in numbers)
        {
            versions.Add(Describe(FileOf(path, number), number, number == now));
        }

        if (now < 0)
        {
            versions.Add(Describe(path, 0, isCurrent: true)); // never written over, or copied here by hand
        }

        return versions;
    }

    /// <summary>Makes an earlier version the file again; the later ones are kept.</summary>
    /// <param name="path">The file.</param>
    /// <param name="number">Which; null for the one before the current one.</param>
    /// <returns>The version.</returns>
    /// <exception cref="InputException">There is no such version, or it is damaged; nothing is changed.</exception>
    /// <exception cref="IOException">The folder cannot be written to, or the disk is full; FILE is as it was.</exception>
    public static ModelVersion RollBack(string path, int? number)
    {
        IReadOnlyList<ModelVersion> versions = List(path);
        int current = Array.FindIndex([.. versions], version => version.IsCurrent);
        ModelVersion[] kept = [.. versions.Where(version => version.Number > 0)];
        ModelVersion wanted = number is { } given
            ? Array.Find(kept, version => version.Number == given)
                ?? throw new InputException($"{path}: version {given} is not kept; allowed: {Numbered(kept)}")
            : current > 0 ? versions[current - 1] : throw new InputException($"{path}: there is no version before the current one");
        SpotterModel.Load(wanted.Path); // a file that cannot be used must not take the place of one that can
        byte[] bytes = File.ReadAllBytes(wanted.Path);
        Keep(path);
        Replace(path, bytes);
        return wanted;
    }

    /// <summary>Makes what the file holds a version, if it is none yet.</summary>
    /// <returns>Its number.</returns>
    private static int Keep(string path)
    {
        int[] numbers = Numbers(path);
        byte[] bytes = File.ReadAllBytes(path);
        if (Current(path, numbers, bytes) is >= 0 and { } known)
        {
            return known;
        }

        Directory.CreateDirectory(FolderOf(path));
        int number = numbers.Length > 0 ? numbers[^1] + 1 : 1;
        Replace(FileOf(path, number), bytes);
        File.SetLastWriteTimeUtc(FileOf(path, number), File.GetLastWriteTimeUtc(path));
        return number;
    }

    private static string Numbered(ModelVersion[] kept) =>
        kept.Length > 0 ? string.Join(", ", kept.Select(version => version.Number)) : "none, as no earlier one is kept";

    private static void Replace(string path, byte[] bytes) => AtomicFile.Write(path, stream => stream.Write(bytes));

    private static string FileOf(string path, int number) => Path.Combine(FolderOf(path), number.ToString("0000", CultureInfo.InvariantCulture) + Extension);

    /// <summary>The numbers of the versions, rising.</summary>
    private static int[] Numbers(string path)
    {
        string folder = FolderOf(path);
        var numbers = new List<int>();
        foreach (string file in Directory.Exists(folder) ? Directory.GetFiles(folder, "*" + Extension) : [])
        {
            if (int.TryParse(Path.GetFileNameWithoutExtension(file), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && FileOf(path, number) == file)
            {
                numbers.Add(number);
            }
        }

        numbers.Sort();
        return [.. numbers];
    }

    /// <summary>The latest version that has these bytes, or -1.</summary>
    private static int Current(string path, int[] numbers, byte[] bytes)
    {
        for (int i = numbers.Length - 1; i >= 0; i--)
        {
            string file = FileOf(path, numbers[i]);
            if (new FileInfo(file).Length == bytes.Length && File.ReadAllBytes(file).AsSpan().SequenceEqual(bytes))
            {
                return numbers[i];
            }
        }

        return -1;
    }

    private static ModelVersion Describe(string file, int number, bool isCurrent)
    {
        DateTime written = File.GetLastWriteTimeUtc(file);
        try
        {
            SafeTensorsFile content = SafeTensorsFile.Read(file);
            string[] keywords = SpotterModel.ParseLabels(content, file)[1..];
            IReadOnlyDictionary<string, string> texts = content.Metadata;
            string maker = texts.GetValueOrDefault(MakerKey)
                ?? (texts.ContainsKey(TuningResultKey) ? "kws tune" : texts.ContainsKey(TrainingTexts.ResultKey) ? "kws train" : Unknown);
            string figures = texts.GetValueOrDefault(FiguresKey) ?? texts.GetValueOrDefault(TuningResultKey) ?? texts.GetValueOrDefault(TrainingTexts.ResultKey) ?? Unknown;
            return new ModelVersion(number, file, written, isCurrent, keywords, maker, figures);
        }
        catch (Exception exception) when (exception is WeightFileException or InputException)
        {
            return new ModelVersion(number, file, written, isCurrent, [], Unknown, "damaged: " + exception.Message.ReplaceLineEndings(" "));
        }
    }
}
