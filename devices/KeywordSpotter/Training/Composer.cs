using System.Numerics.Tensors;
using KeywordSpotter.Data;

namespace KeywordSpotter.Training;

/// <summary>
/// Draws the audio of a training example: a keyword, or one of the kinds of audio without one (see <see cref="Mixture"/>).
/// One per thread; all randomness comes from the draws that are handed in.
/// </summary>
internal sealed class Composer
{
    private const double LongestPauseSeconds = 1.25;
    private const double ShortestPauseSeconds = 0.125;
    private const double FadeSeconds = 0.005;
    private const int RunWords = 4;

    private readonly TrainingData _data;
    private readonly double[] _weights;
    private readonly double _contextChance;
    private readonly int _sampleRate;
    private readonly int _longest; // samples that an example can use, at the fastest speed
    private readonly double[] _speechLengths; // running sum: speech is drawn in proportion to its length
    private readonly double[] _wordWeights; // running sum: words with more clips are drawn more often, but less than in proportion
    private float[] _audio = new float[1 << 16];
    private int _length;
    private int _pause; // samples before the word in the last of those with pauses

    public Composer(TrainingData data, TrainingOptions options, int sampleRate)
    {
        _data = data;
        _sampleRate = sampleRate;
        _longest = (int)(options.Seconds * options.Augmentation.FastestSpeed * sampleRate) + 1;
        _contextChance = data.TrainingBackground.Speech.Length > 0 ? options.Augmentation.Context : 0;
        _speechLengths = new double[data.TrainingBackground.Speech.Length];
        double sum = 0;
        for (int i = 0; i < _speechLengths.Length; i++)
        {
            _speechLengths[i] = sum += data.TrainingBackground.Speech[i].Samples.Length;
        }

        _wordWeights = new double[data.Vocabulary.Words.Count];
        sum = 0;
        for (int i = 0; i < _wordWeights.Length; i++)
        {
            _wordWeights[i] = sum += Math.Sqrt(data.Vocabulary.Clips[i].Length);
        }

        _weights = options.Mixture.Weights;
        if (_wordWeights.Length == 0)
        {
            _weights[(int)ExampleKind.Vocabulary] = 0;
        }

        if (data.TrainingBackground.Speech.Length == 0)
        {
            _weights[(int)ExampleKind.Speech] = _weights[(int)ExampleKind.Pseudo] = 0;
        }

        if (data.TrainingBackground.Words.Length == 0)
        {
            _weights[(int)ExampleKind.Word] = _weights[(int)ExampleKind.Run] = 0;
        }
    }

    /// <summary>What was drawn last, +-1.</summary>
    public ReadOnlySpan<float> Audio => _audio.AsSpan(0, _length);

    /// <summary>Output of the keyword that was drawn last, 0 for none.</summary>
    public int Label { get; private set; }

    /// <summary>What else is known of what was drawn last.</summary>
    public Transcript Transcript { get; } = new();

    /// <summary>Start of the part that must stay when the audio is cut (after <see cref="CoreEnd"/> when any part will do).</summary>
    public int CoreStart { get; private set; }

    public int CoreEnd { get; private set; }

    public void Compose(ref Draws draws, IReadOnlyList<HardNegative> mined)
    {
        _length = 0;
        Label = 0;
        Transcript.Clear();
        ExampleKind kind = DrawKind(ref draws, mined.Count > 0);
        if (kind == ExampleKind.Keyword)
        {
            ComposeKeyword(ref draws);
            return;
        }

        if (kind is not (ExampleKind.Word or ExampleKind.Run or ExampleKind.Vocabulary))
        {
            Transcript.AddUnknown();
        }

        switch (kind)
        {
            case ExampleKind.Speech:
                Clip speech = DrawSpeech(ref draws);
                Cut(speech, draws.Below(speech.Samples.Length - _longest + 1), _longest);
                break;
            case ExampleKind.Word:
                Clip word = DrawWord(ref draws);
                WithPauses(ref draws, word, 0, word.Samples.Length);
                Transcript.Add(_data.Phonemes, word, _pause, _sampleRate);
                break;
            case ExampleKind.Vocabulary:
                int number = Pick(ref draws, _wordWeights);
                Clip entry = _data.Vocabulary.Clips[number][draws.Below(_data.Vocabulary.Clips[number].Length)];
                WithPauses(ref draws, entry, 0, entry.Samples.Length);
                Transcript.Add(_data.Phonemes, entry, _pause, _sampleRate, 1 + number);
                break;
            case ExampleKind.Run:
                for (int i = 0; i < RunWords; i++)
                {
                    Clip next = DrawWord(ref draws);
                    Transcript.Add(_data.Phonemes, next, _length, _sampleRate);
                    Append(next, 0, next.Samples.Length, 1);
                }

                break;
            case ExampleKind.Half:
                ComposeHalf(ref draws);
                break;
            case ExampleKind.Pseudo:
                ComposePseudoWord(ref draws);
                break;
            case ExampleKind.Mined:
                HardNegative negative = mined[draws.Below(mined.Count)];
                ComposeMined(ref draws, negative);
                break;
        }

        CoreStart = _length;
        CoreEnd = 0;
    }

    private ExampleKind DrawKind(ref Draws draws, bool anyMined)
    {
        double total = 0;
        for (int kind = 0; kind < _weights.Length; kind++)
        {
            total += kind != (int)ExampleKind.Mined || anyMined ? _weights[kind] : 0;
        }

        double at = draws.Uniform(0, total);
        for (int kind = 0; kind < _weights.Length; kind++)
        {
            at -= kind != (int)ExampleKind.Mined || anyMined ? _weights[kind] : 0;
            if (at < 0)
            {
                return (ExampleKind)kind;
            }
        }

        return ExampleKind.Keyword;
    }

    private void ComposeKeyword(ref Draws draws)
    {
        int keyword = draws.Below(_data.Training.Length);
        Clip clip = DrawKeywordClip(ref draws, keyword);
        Label = 1 + keyword;
        ClipShape shape = clip.Shape;
        if (!draws.Chance(_contextChance))
        {
            Append(clip, 0, clip.Samples.Length, 1);
            Transcript.Add(_data.Phonemes, clip, 0, _sampleRate, 0);
            (CoreStart, CoreEnd) = (shape.SpeechStart, shape.SpeechEnd);
            return;
        }

        Transcript.AddUnknown();

        // Other speech that ends just before the keyword, with or without a pause, softer or as loud: the level of the features
        // and the state of the network then come from it, as they do where people talk.
        int from = Math.Max(0, shape.SpeechStart - Samples(draws.Uniform(0.05, 0.3)));
        int to = Math.Min(clip.Samples.Length, shape.SpeechEnd + Samples(draws.Uniform(0.05, 0.3)));
        Clip speech = DrawSpeech(ref draws);
        int before = Math.Min(speech.Samples.Length, Samples(draws.Uniform(0.25, 2)));
        float gain = shape.SpeechRms / (speech.Shape.SpeechRms + 1e-6f) * (float)Math.Pow(10, draws.Uniform(-16, 4) / 20);
        Append(speech, draws.Below(speech.Samples.Length - before + 1), before, gain);
        FadeEnd(0, _length);
        if (draws.Chance(0.5))
        {
            AppendSilence(Samples(draws.Uniform(0, 0.4)));
        }

        int start = _length;
        Append(clip, from, to - from, 1);
        (CoreStart, CoreEnd) = (start + shape.SpeechStart - from, start + shape.SpeechEnd - from);
    }

    private void ComposeHalf(ref Draws draws)
    {
        Clip clip = DrawKeywordClip(ref draws, draws.Below(_data.Training.Length));
        int middle = (clip.Shape.SpeechStart + clip.Shape.SpeechEnd) / 2;
        bool first = draws.Chance(0.5);
        Append(clip, first ? 0 : middle, first ? middle : clip.Samples.Length - middle, 1);
    }

    /// <summary>0.3 to 0.9 s of running speech, cut where it is quiet, so that it sounds like a word said alone.</summary>
    private void ComposePseudoWord(ref Draws draws)
    {
        Clip speech = DrawSpeech(ref draws);
        ClipShape shape = speech.Shape;
        int length = Samples(draws.Uniform(0.3, 0.9));
        int start = shape.SpeechStart + draws.Below(shape.SpeechEnd - shape.SpeechStart - length);
        start = QuietestNear(speech, start);
        int end = QuietestNear(speech, Math.Min(start + length, speech.Samples.Length));
        WithPauses(ref draws, speech, start, Math.Max(end, start + 1));
    }

    private void ComposeMined(ref Draws draws, HardNegative negative)
    {
        Clip clip = negative.Clip;
        if (clip.Samples.Length < _longest / 2)
        {
            WithPauses(ref draws, clip, 0, clip.Samples.Length);
            return;
        }

        // The place that was taken for a keyword lies at the end of the word: keep more before it than after it.
        int before = (int)(_longest * draws.Uniform(0.5, 0.95));
        Cut(clip, Math.Clamp(negative.Sample - before, 0, Math.Max(0, clip.Samples.Length - _longest)), _longest);
    }

    /// <summary>
    /// A word with pauses around it. Real pauses are not silent, so half of them are filled: with the room tone of the word's
    /// own recording, or with that of a keyword recording at the level the keyword has there - otherwise the tone of the
    /// room alone would give keywords away.
    /// </summary>
    private void WithPauses(ref Draws draws, Clip clip, int start, int end)
    {
        double tone = draws.Unit();
        Clip room = tone < 0.75 ? clip : DrawKeywordClip(ref draws, draws.Below(_data.Training.Length));
        float gain = tone < 0.75 ? 1 : room.Shape.SpeechRms / (clip.Shape.SpeechRms + 1e-6f) * (float)Math.Pow(10, draws.Uniform(-6, 6) / 20);
        AppendSilence(Samples(draws.Uniform(ShortestPauseSeconds, LongestPauseSeconds)));
        int from = _pause = _length;
        Append(clip, start, end - start, gain);
        FadeStart(from);
        FadeEnd(from, _length);
        AppendSilence(Samples(draws.Uniform(ShortestPauseSeconds, LongestPauseSeconds)));
        if (tone >= 0.5)
        {
            Noise.AddRoomTone(ref draws, room, 1, _sampleRate, _audio.AsSpan(0, _length));
        }
    }

    private Clip DrawKeywordClip(ref Draws draws, int keyword) => _data.Training[keyword][draws.Below(_data.Training[keyword].Length)];

    private Clip DrawWord(ref Draws draws) => _data.TrainingBackground.Words[draws.Below(_data.TrainingBackground.Words.Length)];

    private Clip DrawSpeech(ref Draws draws) => _data.TrainingBackground.Speech[Pick(ref draws, _speechLengths)];

    /// <summary>An index at random, given the running sum of their weights.</summary>
    private static int Pick(ref Draws draws, double[] sums)
    {
        int index = Array.BinarySearch(sums, draws.Uniform(0, sums[^1]));
        return Math.Min(index < 0 ? ~index : index, sums.Length - 1);
    }

    /// <summary>The middle of the quietest 20 ms within 80 ms of a place.</summary>
    private int QuietestNear(Clip clip, int sample)
    {
        int frame = Samples(0.02);
        double least = double.MaxValue;
        int best = sample;
        for (int at = sample - (4 * frame); at <= sample + (4 * frame); at += frame / 2)
        {
            if (at < 0 || at + frame > clip.Samples.Length)
            {
                continue;
            }

            double energy = ClipShape.Energy(clip.Samples.AsSpan(at, frame));
            if (energy < least)
            {
                (least, best) = (energy, at + (frame / 2));
            }
        }

        return best;
    }

    private int Samples(double seconds) => (int)(seconds * _sampleRate);

    private void Cut(Clip clip, int start, int count) => Append(clip, start, Math.Min(count, clip.Samples.Length - start), 1);

    private void Append(Clip clip, int start, int count, float gain)
    {
        Span<float> room = Grow(count);
        clip.CopyTo(start, room);
        if (gain != 1)
        {
            TensorPrimitives.Multiply(room, gain, room);
        }
    }

    private void AppendSilence(int count) => Grow(count).Clear();

    private Span<float> Grow(int count)
    {
        if (_length + count > _audio.Length)
        {
            Array.Resize(ref _audio, Math.Max(_audio.Length * 2, _length + count));
        }

        _length += count;
        return _audio.AsSpan(_length - count, count);
    }

    private void FadeStart(int from)
    {
        int count = Math.Min(Samples(FadeSeconds), _length - from);
        for (int i = 0; i < count; i++)
        {
            _audio[from + i] *= (i + 0.5f) / count;
        }
    }

    private void FadeEnd(int from, int to)
    {
        int count = Math.Min(Samples(FadeSeconds), to - from);
        for (int i = 0; i < count; i++)
        {
            _audio[to - 1 - i] *= (i + 0.5f) / count;
        }
    }
}
