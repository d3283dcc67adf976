
namespace SpokenWords.Data;

/// <summary>Recordings of single words: a folder with one folder of WAV clips per word, the layout of Google Speech Commands.</summary>
/// <param name="Words">Names of the folders, in ordinal order.</param>
/// <param name="Recordings">The clips, word after word.</param>
internal sealed record WordSet(IReadOnlyList<string> Words, Recording[] Recordings)
{
    /// <summary>The speakers, in ordinal order.</summary>
    public string[] Speakers => [.. Recordings.Select(recording => recording.Speaker).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Finds and decodes all clips.</summary>
    /// <param name="folder">One folder per word in it. Folders of background noise are left out.</param>
    /// <param name="option">The option that names the folder, for messages.</param>
    /// <param name="words">The words that are allowed; null: whatever is there.</param>
    /// <param name="settings">How to read file names, and the sample rate.</param>
    /// <param name="stop">Ends loading.</param>
    /// <exception cref="InputException">A folder is missing or empty, or holds another word, or fewer than two words are there.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled.</exception>
    public static WordSet Load(string folder, string option, IReadOnlyList<string>? words, LoadSettings settings, CancellationToken stop)
    {
        string[] folders = Array.FindAll(AudioFolder.FindLabels(folder, option), path => !AudioFolder.IsBackground(path));
        string[] names = Array.ConvertAll(folders, path => Path.GetFileName(path)!);
        if (words is null && names.Length < 2)
        {
            throw new InputException($"{folder}: holds {names.Length} folder{(names.Length == 1 ? "" : "s")} of words; allowed: at least 2 ({option})");
        }

        if (Array.Find(names, name => name.Any(char.IsControl)) is { } unprintable)
        {
            throw new InputException($"{folder}: the name of its folder '{unprintable.ReplaceLineEndings(" ")}' has control characters; allowed: names that can be printed in a line");
        }

        words ??= names;
        var files = new List<(string Path, int Word)>();
        for (int i = 0; i < folders.Length; i++)
        {
            int word = IndexOf(words, names[i]);
            if (word < 0)
            {
                throw new InputException($"{folders[i]}: is none of the words ({option}); allowed: {string.Join(", ", words)}");
            }

            files.AddRange(AudioFolder.FindWavs(folders[i], option).Select(path => (path, word)));
        }

        string[] paths = [.. files.Select(file => file.Path)];
        AudioLength.Of(paths, settings.SampleRate, settings.Threads, stop).CheckFits(AudioLength.Limit);
        Clip[] clips = AudioFolder.Decode(paths, settings.SampleRate, settings.Threads, stop);
        var recordings = new Recording[clips.Length];
        for (int i = 0; i < clips.Length; i++)
        {
            recordings[i] = new Recording(clips[i], files[i].Word, settings.SpeakerOf(paths[i]));
        }

        return new WordSet(words, recordings);
    }

    private static int IndexOf(IReadOnlyList<string> words, string word)
    {
        for (int i = 0; i < words.Count; i++)
        {
            if (words[i] == word)
            {
                return i;
            }
        }

        return -1;
    }
}
