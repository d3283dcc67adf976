using System.Globalization;
using System.Text;
using SpokenWords.Data;

namespace SpokenWords.Evaluation;

/// <summary>How well words are told apart: accuracy, which word is taken for which, and the accuracy of each speaker.</summary>
internal sealed class WordReport
{
    private const int MostSpeakers = 12; // in the table; of more the worst are shown

    private readonly IReadOnlyList<string> _words;
    private readonly int[,] _confusion; // (spoken, heard)
    private readonly SortedDictionary<string, (int Right, int All)> _speakers = new(StringComparer.Ordinal);

    public WordReport(IReadOnlyList<string> words)
    {
        _words = words;
        _confusion = new int[words.Count, words.Count];
    }

    public int Right { get; private set; }

    public int All { get; private set; }

    /// <summary>Part of the recordings whose word was heard; 0 without any.</summary>
    public double Accuracy => All > 0 ? (double)Right / All : 0;

    /// <summary>Mean of the accuracies of the speakers.</summary>
    public double SpeakerAccuracy => _speakers.Count > 0 ? _speakers.Values.Average(speaker => (double)speaker.Right / speaker.All) : 0;

    /// <summary>How often <paramref name="spoken"/> was taken for <paramref name="heard"/>.</summary>
    public int Count(int spoken, int heard) => _confusion[spoken, heard];

    public void Add(Recording recording, int heard)
    {
        int right = recording.Word == heard ? 1 : 0;
        _confusion[recording.Word, heard]++;
        All++;
        Right += right;
        (int Right, int All) speaker = _speakers.GetValueOrDefault(recording.Speaker);
        _speakers[recording.Speaker] = (speaker.Right + right, speaker.All + 1);
    }

    /// <summary>Adds what another report on the same words has counted.</summary>
    public void Add(WordReport other)
    {
        All += other.All;
        Right += other.Right;
        for (int spoken = 0; spoken < _words.Count; spoken++)
        {
            for (int heard = 0; heard < _words.Count; heard++)
            {
                _confusion[spoken, heard] += other._confusion[spoken, heard];
            }
        }

        foreach ((string name, (int right, int all)) in other._speakers)
        {
            (int Right, int All) speaker = _speakers.GetValueOrDefault(name);
            _speakers[name] = (speaker.Right + right, speaker.All + all);
        }
    }

    /// <summary>Adds all recordings, several at a time.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled.</exception>
    public void Measure(WordClassifier classifier, Recording[] recordings, int threads, CancellationToken stop)
    {
        int[] heard = Parallelism.Map(recordings, threads, stop, classifier.Share, (recording, shared) => shared.Classify(recording.Clip).Word);
        for (int i = 0; i < recordings.Length; i++)
        {
            Add(recordings[i], heard[i]);
        }
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        (double low, double high) = Interval();
        text.Append(CultureInfo.InvariantCulture, $"accuracy  {100 * Accuracy:0.0} %  ({Right} of {All} clips, {_speakers.Count} speakers; mean of the speakers {100 * SpeakerAccuracy:0.0} %; 95 % confidence {100 * low:0.0} to {100 * high:0.0} % of such clips)\n\n");
        AppendConfusion(text);
        AppendSpeakers(text);
        return text.ToString();
    }

    private void AppendConfusion(StringBuilder text)
    {
        int width = Math.Max(6, _words.Max(word => word.Length) + 1);
        text.Append("spoken".PadRight(width)).Append(" heard:");
        foreach (string word in _words)
        {
            text.Append(word.PadLeft(width));
        }

        text.Append("   found\n");
        for (int spoken = 0; spoken < _words.Count; spoken++)
        {
            int all = 0;
            text.Append(_words[spoken].PadRight(width)).Append(' ', 7);
            for (int heard = 0; heard < _words.Count; heard++)
            {
                all += _confusion[spoken, heard];
                text.Append(_confusion[spoken, heard].ToString(CultureInfo.InvariantCulture).PadLeft(width));
            }

            text.Append(CultureInfo.InvariantCulture, $"{(all > 0 ? 100.0 * _confusion[spoken, spoken] / all : 0),6:0.0} %\n");
        }
    }

    private void AppendSpeakers(StringBuilder text)
    {
        KeyValuePair<string, (int Right, int All)>[] shown = [.. _speakers];
        int perfect = shown.Count(speaker => speaker.Value.Right == speaker.Value.All);
        if (shown.Length > MostSpeakers)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{perfect} of {shown.Length} speakers without an error; most errors:\n");
            shown = [.. shown.OrderByDescending(speaker => speaker.Value.All - speaker.Value.Right).Take(MostSpeakers).Where(speaker => speaker.Value.Right < speaker.Value.All)];
        }
        else
        {
            text.Append('\n');
        }

        int width = shown.Length > 0 ? shown.Max(speaker => speaker.Key.Length) : 0;
        foreach ((string name, (int right, int all)) in shown)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name.PadRight(width)}  {100.0 * right / all:0.0} %  ({right} of {all})\n");
        }
    }

    /// <summary>Wilson's score interval.</summary>
    private (double Low, double High) Interval()
    {
        if (All == 0)
        {
            return (0, 1);
        }

        const double z = 1.96;
        double scale = 1 / (1 + (z * z / All));
        double middle = (Accuracy + (z * z / (2 * All))) * scale;
        double half = z * scale * Math.Sqrt((Accuracy * (1 - Accuracy) / All) + (z * z / (4.0 * All * All)));
        return (middle - half, middle + half);
    }
}
