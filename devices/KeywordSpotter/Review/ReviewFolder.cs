using KeywordSpotter.Listening;

namespace KeywordSpotter.Review;

/// <summary>
/// Clips that <c>kws listen --keep</c> wrote: DIR/new, and where they are filed: DIR/positive/KEYWORD and DIR/negative. A clip is moved by renaming it,
/// never over another one.
/// </summary>
internal sealed class ReviewFolder
{
    private const string Positive = "positive";
    private const string Negative = "negative";
    private const int MostOfOneName = 10_000;

    private readonly string _folder;
    private readonly string _new;

    /// <exception cref="InputException">There is no such folder, or nothing was ever kept in it.</exception>
    public ReviewFolder(string folder)
    {
        _folder = folder;
        _new = Path.Combine(folder, KeepSettings.NewFolder);
        if (!Directory.Exists(_new))
        {
            throw new InputException($"{folder}: has no folder '{KeepSettings.NewFolder}'; allowed: the DIR of kws listen --keep DIR");
        }
    }

    /// <summary>The clips that wait, the oldest first; those whose name says nothing last.</summary>
    public IReadOnlyList<ReviewClip> List()
    {
        FileInfo[] files = Array.FindAll(
            new DirectoryInfo(_new).GetFiles(), file => file.Extension.Equals(KeptClip.Extension, StringComparison.OrdinalIgnoreCase) && file.Name[0] != '.');
        ReviewClip[] clips = Array.ConvertAll(files, file => new ReviewClip(file.Name, file.FullName, KeptClip.Parse(file.Name)));
        Array.Sort(clips, (a, b) => Order(a, b));
        return clips;
    }

    /// <summary>Keywords that clips were filed as or wait as, in order.</summary>
    public IReadOnlyList<string> Keywords()
    {
        string filed = Path.Combine(_folder, Positive);
        var keywords = new SortedSet<string>(StringComparer.Ordinal);
        keywords.UnionWith(Directory.Exists(filed) ? Directory.GetDirectories(filed).Select(folder => Path.GetFileName(folder)) : []);
        keywords.UnionWith(List().Select(clip => clip.Kept?.Keyword).OfType<string>());
        return [.. keywords];
    }

    /// <summary>The clip of that name.</summary>
    /// <exception cref="InputException">There is none.</exception>
    public ReviewClip Find(string name) => List().FirstOrDefault(clip => clip.Name == name)
        ?? throw new InputException($"{name}: no such clip in {_new} (kws review {_folder} --list shows them)");

    /// <summary>Files a clip.</summary>
    /// <param name="clip">One of <see cref="List"/>.</param>
    /// <param name="verdict">What it is.</param>
    /// <param name="keyword">The keyword that was spoken, where it is not the one that was heard.</param>
    /// <returns>Where it is now; null where it was discarded.</returns>
    /// <exception cref="InputException">The clip does not tell its keyword, or that cannot be the name of a folder.</exception>
    /// <exception cref="IOException">It cannot be moved or is gone; where it is there, it is where it was.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be moved; it is where it was.</exception>
    public string? File(ReviewClip clip, Verdict verdict, string? keyword = null)
    {
        if (verdict == Verdict.Discard)
        {
            System.IO.File.Delete(clip.Path);
            return null;
        }

        string folder = verdict == Verdict.Negative
            ? Path.Combine(_folder, Negative)
            : Path.Combine(_folder, Positive, Name(keyword ?? clip.Kept?.Keyword
                ?? throw new InputException($"{clip.Name}: its name tells no keyword; give --keyword NAME")));
        PrivateFiles.CreateFolder(folder);
        return Move(clip, folder);
    }

    private static int Order(ReviewClip a, ReviewClip b)
    {
        int unnamed = (a.Kept is null).CompareTo(b.Kept is null);
        return unnamed != 0 ? unnamed : string.CompareOrdinal(a.Name, b.Name);
    }

    private static string Move(ReviewClip clip, string folder)
    {
        string stem = Path.GetFileNameWithoutExtension(clip.Name);
        for (int i = 1; ; i++)
        {
            string path = Path.Combine(folder, i == 1 ? clip.Name : $"{stem}-{i}{KeptClip.Extension}");
            try
            {
                System.IO.File.Move(clip.Path, path, overwrite: false);
                return path;
            }
            catch (IOException) when (i < MostOfOneName && System.IO.File.Exists(path) && System.IO.File.Exists(clip.Path))
            {
                // Taken: the next name.
            }
        }
    }

    /// <summary>A keyword as the name of a folder, as the folders of --data are named; it comes from a file name, so it must not lead elsewhere.</summary>
    private static string Name(string keyword) =>
        keyword.Length > 0 && keyword is not ("." or "..") && keyword.IndexOfAny(Path.GetInvalidFileNameChars()) < 0 && !keyword.Contains('/') && !keyword.Contains('\\')
            ? keyword
            : throw new InputException($"the keyword is '{keyword}'; allowed: the name of a folder, without / and \\");
}
