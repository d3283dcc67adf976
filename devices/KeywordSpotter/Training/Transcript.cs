namespace KeywordSpotter.Training;

/// <summary>
/// What is known of what is spoken in a training example, beside the keyword, and about when: phonemes are spread over the speech of their clip, vowels
/// longer than others. Good to a few hundredths of a second in a word, which is enough to learn from: the network finds what they have in common.
/// </summary>
internal sealed class Transcript
{
    /// <summary>Target of a step of which nothing is known.</summary>
    public const int Unknown = -1;

    private const double LostStart = 0.03; // s of faint sounds before what counts as speech, and after it
    private const double LostEnd = 0.05;
    private const int LatePhoneme = 3; // steps after the middle of a phoneme's sound at which it is to be told
    private const int LateWord = 2; // steps after the end of a word
    private const int ToldWord = 8; // steps for which it is told
    private const float VowelLength = 1.6f; // against that of other sounds

    private readonly List<(int Class, double End)> _phonemes = [];
    private readonly List<(int First, int Count, double Start)> _parts = [];
    private bool _isKnown;
    private int _word;
    private double _wordEnd;

    /// <summary>Nothing is known.</summary>
    public void Clear()
    {
        _phonemes.Clear();
        _parts.Clear();
        _isKnown = true;
        _word = Unknown;
    }

    /// <summary>Something is spoken whose phonemes are not known.</summary>
    public void AddUnknown() => _isKnown = false;

    /// <summary>A clip is spoken.</summary>
    /// <param name="table">Where its phonemes are looked up.</param>
    /// <param name="clip">The clip.</param>
    /// <param name="start">Where the beginning of the clip lies in the audio, in samples; may be negative.</param>
    /// <param name="sampleRate">Of the audio, in Hz.</param>
    /// <param name="word">Number of the word of the vocabulary that it is, 0 for none of them, <see cref="Unknown"/> where that is not known.</param>
    public void Add(Data.PhonemeTable table, Clip clip, int start, int sampleRate, int word = Unknown)
    {
        double from = start + clip.Shape.SpeechStart - (LostStart * sampleRate), to = start + clip.Shape.SpeechEnd + (LostEnd * sampleRate);
        (_word, _wordEnd) = (word, to);
        if (table.Find(clip) is not { } phonemes)
        {
            _isKnown = false;
            return;
        }

        float total = 0;
        foreach (int phoneme in phonemes)
        {
            total += Length(table, phoneme);
        }

        _parts.Add((_phonemes.Count, phonemes.Length, from));
        float past = 0;
        foreach (int phoneme in phonemes)
        {
            past += Length(table, phoneme);
            _phonemes.Add((phoneme, from + ((to - from) * past / total)));
        }
    }

    /// <summary>Writes the class of phoneme (0: none) and the word (0: none) of each step.</summary>
    /// <param name="speed">Of the example against the audio.</param>
    /// <param name="shift">Where the beginning of the audio lies in the example, in samples.</param>
    /// <param name="stepSamples">From one step to the next.</param>
    /// <param name="phonemes">One a step.</param>
    /// <param name="words">One a step.</param>
    public void Write(double speed, int shift, int stepSamples, Span<int> phonemes, Span<int> words)
    {
        phonemes.Fill(_isKnown ? 0 : Unknown);
        words.Fill(_word < 0 ? Unknown : 0);
        int Step(double sample) => (int)Math.Round(((sample / speed) + shift) / stepSamples);
        foreach ((int first, int count, double start) in _isKnown ? _parts : [])
        {
            int at = Step(start) + LatePhoneme;
            for (int i = first; i < first + count; i++)
            {
                int end = Step(_phonemes[i].End) + LatePhoneme;
                Fill(phonemes, at, end, _phonemes[i].Class);
                at = end;
            }
        }

        if (_word > 0)
        {
            int told = Step(_wordEnd) + LateWord;
            Fill(words, told - LateWord - LatePhoneme, told, Unknown); // it may be told early
            Fill(words, told, told + ToldWord, _word);
            Fill(words, told + ToldWord, words.Length, Unknown); // and for longer
        }
    }

    private static void Fill(Span<int> targets, int from, int to, int value)
    {
        from = Math.Clamp(from, 0, targets.Length);
        targets[from..Math.Clamp(to, from, targets.Length)].Fill(value);
    }

    private static float Length(Data.PhonemeTable table, int phoneme) => "aeiouAEIOUV@03".Contains(table.Names[phoneme - 1][0]) ? VowelLength : 1;
}
