namespace KeywordSpotter.Data;

/// <summary>The files that were found so far, so that a file that lies in two of the folders that are given counts once.</summary>
internal sealed class SeenFiles
{
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);

    /// <summary>Those of the files that were not seen before, in their order.</summary>
    public string[] TakeNew(string[] files) => Array.FindAll(files, file => _paths.Add(Path.GetFullPath(file)));
}
