namespace KeywordSpotter.Data;

/// <summary>
/// What is spoken in clips, as phonemes: read from files with lines of <c>folder/file</c>, a tab, and phonemes with spaces between them. <c>folder/*</c> stands for
/// all files of a folder of that name that have no line of their own. Classes are numbered from 1 in ordinal order of their names; 0 is left for the blank.
/// </summary>
internal sealed class PhonemeTable
{
    private const string AnyFile = "*";

    private readonly Dictionary<string, int[]> _spoken = new(StringComparer.Ordinal);

    private PhonemeTable(string[] names) => Names = names;

    /// <summary>That of no files.</summary>
    public static PhonemeTable Empty { get; } = new([]);

    /// <summary>The phonemes that occur; the first is class 1.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Reads the files.</summary>
    /// <exception cref="InputException">A file is missing, or a line of it is of another form.</exception>
    public static PhonemeTable Load(IReadOnlyList<string> files)
    {
        var lines = new List<(string Key, string[] Phonemes)>();
        foreach (string file in files)
        {
            int number = 0;
            foreach (string line in File.Exists(file) ? File.ReadLines(file) : throw new InputException($"{file}: no such file (--phonemes)"))
            {
                number++;
                string[] sides = line.Split('\t');
                if (sides.Length != 2 || sides[0].Count(character => character == '/') != 1)
                {
                    throw new InputException($"{file}, line {number}: is '{line}'; allowed: folder/file, a tab, and phonemes with spaces between them");
                }

                lines.Add((sides[0], sides[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)));
            }
        }

        string[] names = [.. lines.SelectMany(line => line.Phonemes).Distinct().Order(StringComparer.Ordinal)];
        var table = new PhonemeTable(names);
        foreach ((string key, string[] phonemes) in lines)
        {
            table._spoken[key] = Array.ConvertAll(phonemes, phoneme => 1 + Array.BinarySearch(names, phoneme, StringComparer.Ordinal));
        }

        return table;
    }

    /// <summary>The classes of what is spoken in a whole clip; null where it is not known.</summary>
    public int[]? Find(Clip clip)
    {
        if (_spoken.Count == 0)
        {
            return null;
        }

        string folder = Path.GetFileName(Path.GetDirectoryName(clip.Name)) ?? "";
        return _spoken.GetValueOrDefault($"{folder}/{Path.GetFileName(clip.Name)}") ?? _spoken.GetValueOrDefault($"{folder}/{AnyFile}");
    }
}
