using Seq.Embedded.Audio;

namespace KeywordSpotter.Data;

/// <summary>All audio of one training run, decoded once, with the validation part apart.</summary>
internal sealed class TrainingData
{
    /// <summary>Background files longer than this are cut into pieces, so that single long recordings can be split as well.</summary>
    private const int LongestPieceSeconds = 30;

    /// <summary>Audio longer than this takes so long to decode that its length is told before.</summary>
    private const double LongSeconds = 3600;

    /// <summary>Background shorter than this counts as single words, the rest as running speech.</summary>
    private const double ShortSeconds = 2;

    public required IReadOnlyList<string> Keywords { get; init; }

    /// <summary>Clips of each keyword.</summary>
    public required Clip[][] Training { get; init; }

    public required Clip[][] Validation { get; init; }

    public required Background TrainingBackground { get; init; }

    public required Background ValidationBackground { get; init; }

    /// <summary>Noise to mix in, not speech.</summary>
    public required Clip[] Noise { get; init; }

    /// <summary>Further words, to train on.</summary>
    public Vocabulary Vocabulary { get; init; } = Vocabulary.Empty;

    /// <summary>What is spoken in clips.</summary>
    public PhonemeTable Phonemes { get; init; } = PhonemeTable.Empty;

    /// <summary>Finds, decodes and splits all audio.</summary>
    /// <param name="folders">Where it is.</param>
    /// <param name="sampleRate">Of the model, in Hz.</param>
    /// <param name="validation">Part that is held back.</param>
    /// <param name="threads">Files decoded at once.</param>
    /// <param name="tell">Told, in a line each, what takes long and what may surprise.</param>
    /// <param name="stop">Ends loading.</param>
    /// <param name="needsBackground">Whether there must be background.</param>
    /// <param name="admit">Told the number of things to tell apart (keywords, and phonemes and words of the vocabulary) and the length of all audio before any is decoded; throws where it does not fit.</param>
    /// <exception cref="InputException">A folder is missing or empty, a keyword has fewer than 2 clips or no printable name, or the audio does not fit into memory.</exception>
    /// <exception cref="AudioFormatException">A file cannot be decoded.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled.</exception>
    public static TrainingData Load(
        TrainingFolders folders, int sampleRate, double validation, int threads, Action<string> tell, CancellationToken stop, bool needsBackground = true, Action<int, AudioLength>? admit = null)
    {
        // First all names, then all audio: a mistake in the last folder is reported at once.
        string[] labels = AudioFolder.FindLabels(folders.Data, "--data");
        string[] keywords = Array.FindAll(labels, folder => !AudioFolder.IsBackground(folder));
        if (keywords.Length == 0)
        {
            throw new InputException($"{folders.Data}: holds background folders only (--data needs one folder of WAV files per keyword)");
        }

        if (Array.Find(keywords, folder => Array.Exists(Path.GetFileName(folder).ToCharArray(), char.IsControl)) is { } unprintable)
        {
            throw new InputException($"{unprintable}: its name has control characters; allowed: names that can be printed in a line");
        }

        string[][] keywordFiles = Array.ConvertAll(keywords, folder => AudioFolder.FindWavs(folder, "--data"));
        for (int i = 0; i < keywords.Length; i++)
        {
            if (keywordFiles[i].Length < 2)
            {
                throw new InputException($"{keywords[i]}: holds {keywordFiles[i].Length} WAV file; allowed: at least 2, one to train on and one to validate");
            }
        }

        // A file that lies in several of the folders counts once, and as a keyword if it is one. Only noise may also be background.
        var seen = new SeenFiles();
        seen.TakeNew(Joined(keywordFiles));
        string[][] extraFiles = Array.ConvertAll(FindExtra(folders, keywords), seen.TakeNew);
        string[] wordFolders = Joined(Array.ConvertAll([.. folders.Vocabulary], folder => AudioFolder.FindLabels(folder, "--vocabulary")));
        string[][] wordFiles = Array.ConvertAll(wordFolders, folder => new SeenFiles().TakeNew(AudioFolder.FindWavs(folder, "--vocabulary")));
        PhonemeTable phonemes = PhonemeTable.Load(folders.Phonemes);
        string[] inData = Array.FindAll(labels, AudioFolder.IsBackground);
        string[] background = seen.TakeNew(AudioFolder.FindWavs([.. folders.Background, .. inData], "--background"));
        string[] noise = new SeenFiles().TakeNew(AudioFolder.FindWavs(folders.Noise, "--noise"));
        if (background.Length == 0 && needsBackground)
        {
            throw new InputException("no background audio: give a folder of audio without keywords with --background");
        }

        string[] all = [.. Joined(keywordFiles), .. Joined(extraFiles), .. background, .. noise, .. Joined(wordFiles)];
        AudioLength length = AudioLength.Of(all, sampleRate, threads, stop);
        length.CheckFits(AudioLength.Limit);
        admit?.Invoke(keywords.Length + phonemes.Names.Count + wordFolders.Length, length);
        if (length.Seconds >= LongSeconds)
        {
            tell($"decoding {all.Length} files: {length}");
        }

        Clip[] Decode(string[] files) => AudioFolder.Decode(files, sampleRate, threads, stop);
        SplitClips[] split = Array.ConvertAll(keywordFiles, files => HeldOut.Split(Decode(files), validation));
        Clip[] pieces = Joined(AudioFolder.Decode(background, sampleRate, threads, stop, clip => Cut(clip, sampleRate)));
        int shortest = (int)(ShortSeconds * sampleRate);
        SplitClips words = HeldOut.Split(Array.FindAll(pieces, clip => clip.Samples.Length < shortest), validation);
        SplitClips speech = HeldOut.Split(Array.FindAll(pieces, clip => clip.Samples.Length >= shortest), validation);
        void TellDivided(SplitClips side, string what)
        {
            if (side.Divided)
            {
                tell($"{what}: all clips are of one speaker or recording, which is therefore both trained on and validated on");
            }
        }

        Clip[][] training = new Clip[keywords.Length][];
        for (int i = 0; i < keywords.Length; i++)
        {
            TellDivided(split[i], keywords[i]);
            training[i] = [.. split[i].Training, .. Decode(extraFiles[i])];
        }

        TellDivided(words, "short background");
        TellDivided(speech, "running background");
        return new TrainingData
        {
            Keywords = Array.ConvertAll(keywords, Path.GetFileName)!,
            Training = training,
            Validation = Array.ConvertAll(split, side => side.Validation),
            TrainingBackground = new Background(speech.Training, words.Training),
            ValidationBackground = new Background(speech.Validation, words.Validation),
            Noise = Decode(noise),
            Vocabulary = new Vocabulary(Array.ConvertAll(wordFolders, Path.GetFileName)!, Array.ConvertAll(wordFiles, Decode)),
            Phonemes = phonemes,
        };
    }

    /// <summary>Clips of one keyword, all to train on, and background from folders.</summary>
    /// <param name="keyword">Its name.</param>
    /// <param name="clips">At least 2.</param>
    /// <param name="background">Folders of WAV files without it; may be empty.</param>
    /// <param name="sampleRate">Of the model, in Hz.</param>
    /// <param name="threads">Files decoded at once.</param>
    /// <param name="stop">Ends loading.</param>
    /// <exception cref="InputException">A folder is missing or empty, or the audio does not fit into memory.</exception>
    /// <exception cref="AudioFormatException">A file cannot be decoded.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled.</exception>
    public static TrainingData Of(string keyword, Clip[] clips, IReadOnlyList<string> background, int sampleRate, int threads, CancellationToken stop)
    {
        string[] files = AudioFolder.FindWavs(background, "--background");
        AudioLength.Of(files, sampleRate, threads, stop).CheckFits(AudioLength.Limit);
        Clip[] pieces = Joined(AudioFolder.Decode(files, sampleRate, threads, stop, clip => Cut(clip, sampleRate)));
        int shortest = (int)(ShortSeconds * sampleRate);
        return new TrainingData
        {
            Keywords = [keyword],
            Training = [clips],
            Validation = [[]],
            TrainingBackground = new Background(
                Array.FindAll(pieces, clip => clip.Samples.Length >= shortest), Array.FindAll(pieces, clip => clip.Samples.Length < shortest)),
            ValidationBackground = new Background([], []),
            Noise = [],
        };
    }

    /// <summary>
    /// With the clips played backwards as further background: speech of the same voices and microphones that is none of the keywords. Where clips are few, and
    /// there is little else, it stands for all that is said around them.
    /// </summary>
    public TrainingData WithBackwardClips(int sampleRate) => new()
    {
        Keywords = Keywords,
        Training = Training,
        Validation = Validation,
        TrainingBackground = TrainingBackground with { Speech = [.. TrainingBackground.Speech, .. Backwards(Training, sampleRate)] },
        ValidationBackground = ValidationBackground with { Speech = [.. ValidationBackground.Speech, .. Backwards(Validation, sampleRate)] },
        Noise = Noise,
        Vocabulary = Vocabulary,
        Phonemes = Phonemes,
    };

    /// <summary>A number that is another for other recordings, other names of files or another split of them.</summary>
    public ulong GetFingerprint()
    {
        ulong hash = 0;
        foreach (Clip[] clips in (Clip[][])[.. Training, .. Validation, TrainingBackground.All, ValidationBackground.All, Noise, .. Vocabulary.Clips])
        {
            hash = Draws.Mix(hash + (ulong)clips.Length);
            foreach (Clip clip in clips)
            {
                hash = Draws.Mix(hash ^ HeldOut.Hash(Path.GetFileName(clip.Name))) + (ulong)clip.Samples.Length;
                foreach (short sample in clip.Samples)
                {
                    hash = (hash ^ (ushort)sample) * 1099511628211;
                }
            }
        }

        return Draws.Mix(hash);
    }

    /// <summary>Files of the extra folders by keyword.</summary>
    private static string[][] FindExtra(TrainingFolders folders, string[] keywords)
    {
        string[] found = Joined(Array.ConvertAll([.. folders.Extra], folder => AudioFolder.FindLabels(folder, "--extra")));
        string[] names = Array.ConvertAll(keywords, Path.GetFileName)!;
        if (Array.Find(found, folder => Array.IndexOf(names, Path.GetFileName(folder)) < 0) is { } unknown)
        {
            throw new InputException($"{unknown}: is no keyword of --data (--extra); allowed: {string.Join(", ", names)}");
        }

        return Array.ConvertAll(names, name => AudioFolder.FindWavs(Array.FindAll(found, folder => Path.GetFileName(folder) == name), "--extra"));
    }

    private static T[] Joined<T>(T[][] parts)
    {
        var all = new List<T>();
        foreach (T[] part in parts)
        {
            all.AddRange(part);
        }

        return [.. all];
    }

    private static IEnumerable<Clip> Backwards(Clip[][] clips, int sampleRate)
    {
        const int ClipsInOne = 4;

        foreach (Clip[] some in Joined(clips).Chunk(ClipsInOne))
        {
            short[] samples = [.. some.SelectMany(clip => Enumerable.Reverse(clip.Samples))];
            yield return new Clip($"{some[0].Name}#backwards", samples, sampleRate);
        }
    }

    private static Clip[] Cut(Clip clip, int sampleRate)
    {
        int longest = LongestPieceSeconds * sampleRate;
        int pieces = (clip.Samples.Length + longest - 1) / longest;
        if (pieces == 1)
        {
            return [clip];
        }

        var cut = new Clip[pieces];
        for (int piece = 0; piece < pieces; piece++)
        {
            int start = (int)((long)clip.Samples.Length * piece / pieces);
            int end = (int)((long)clip.Samples.Length * (piece + 1) / pieces);
            cut[piece] = new Clip($"{clip.Name}#{piece}", clip.Samples[start..end], sampleRate);
        }

        return cut;
    }
}
