namespace SpokenWords.Data;

/// <summary>All audio of a training run.</summary>
/// <param name="Words">What is told apart.</param>
/// <param name="Recordings">To train on, or to deal out into folds.</param>
/// <param name="Extra">More clips of the words, only to train on.</param>
/// <param name="Noise">To mix in.</param>
internal sealed record TrainingSet(IReadOnlyList<string> Words, Recording[] Recordings, Recording[] Extra, Clip[] Noise)
{
    /// <summary>Finds and decodes all audio.</summary>
    /// <exception cref="InputException">A folder is missing, empty or holds another word, or nobody is left to train on.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled.</exception>
    public static TrainingSet Load(
        string data, IReadOnlyList<string> extra, IReadOnlyList<string> noise, SpeakerRange? held, LoadSettings settings, CancellationToken stop)
    {
        WordSet set = WordSet.Load(data, "--data", null, settings, stop);
        Recording[] recordings = held is null ? set.Recordings : SpeakerSplit.Of(set.Recordings, held.Contains).Training;
        var result = new TrainingSet(
            set.Words,
            recordings,
            [.. extra.SelectMany(folder => WordSet.Load(folder, "--extra", set.Words, settings, stop).Recordings)],
            noise.Count > 0 ? AudioFolder.Decode(AudioFolder.FindWavs(noise, "--noise"), settings.SampleRate, settings.Threads, stop) : []);
        result.CheckWords(recordings);
        return result;
    }

    /// <exception cref="InputException">A word has no recording.</exception>
    public void CheckWords(Recording[] recordings)
    {
        for (int word = 0; word < Words.Count; word++)
        {
            if (!Array.Exists(recordings, recording => recording.Word == word))
            {
                throw new InputException($"no speaker of '{Words[word]}' is left to train on; allowed: at least one");
            }
        }
    }

    public override string ToString() =>
        $"{Recordings.Length} clips of {Recordings.Select(recording => recording.Speaker).Distinct().Count()} speakers, {Extra.Length} extra clips, {Noise.Length} noise recordings; words: {string.Join(", ", Words)}";
}
