using KeywordSpotter.Data;
using Seq.Embedded.Audio;

namespace KeywordSpotter.Tuning;

/// <summary>
/// Clips, background and replayed examples in a few parts. Each part is held out of one training, so that everything is measured by a model that has not heard it;
/// with a handful of clips there is nothing to spare for measuring alone. Clips of one speaker (see <see cref="HeldOut"/>) are in one part.
/// </summary>
internal sealed class TuningFolds
{
    private readonly TrainingData _data;
    private readonly int[][] _parts; // of the clips of each keyword
    private readonly int _replayed;

    /// <param name="data">The clips, all to train on.</param>
    /// <param name="replayed">Examples to replay.</param>
    /// <param name="most">Parts at most; fewer where there are fewer clips of a keyword.</param>
    public TuningFolds(TrainingData data, int replayed, int most)
    {
        _data = data;
        _replayed = replayed;
        Count = most;
        _parts = new int[data.Training.Length][];
        for (int keyword = 0; keyword < _parts.Length; keyword++)
        {
            double[] fractions = Array.ConvertAll(data.Training[keyword], clip => HeldOut.Fraction(clip.Name));
            double[] speakers = [.. fractions.Distinct().Order()];
            _parts[keyword] = speakers.Length > 1
                ? Array.ConvertAll(fractions, fraction => Array.BinarySearch(speakers, fraction))
                : [.. Enumerable.Range(0, fractions.Length)];
            Count = Math.Min(Count, speakers.Length > 1 ? speakers.Length : fractions.Length);
        }
    }

    /// <summary>Parts, 2 at least.</summary>
    public int Count { get; }

    /// <summary>What a training hears, with what it does not hear for validation; nothing is held out where the part is <see cref="Count"/>.</summary>
    public TrainingData Data(int part, int sampleRate) => new TrainingData
    {
        Keywords = _data.Keywords,
        Training = Clips(number => number != part),
        Validation = Clips(number => number == part),
        TrainingBackground = Background(number => number != part),
        ValidationBackground = Background(number => number == part),
        Noise = _data.Noise,
    }.WithBackwardClips(sampleRate);

    /// <summary>Replayed examples that a training hears.</summary>
    public int[] Learned(int part) => [.. Enumerable.Range(0, _replayed).Where(example => example % Count != part)];

    /// <summary>Replayed examples that it does not hear.</summary>
    public int[] Held(int part) => [.. Enumerable.Range(0, _replayed).Where(example => example % Count == part)];

    private Clip[][] Clips(Predicate<int> wanted)
    {
        var chosen = new Clip[_parts.Length][];
        for (int keyword = 0; keyword < chosen.Length; keyword++)
        {
            chosen[keyword] = [.. _data.Training[keyword].Where((_, clip) => wanted(_parts[keyword][clip] % Count))];
        }

        return chosen;
    }

    private Background Background(Predicate<int> wanted)
    {
        Clip[] Some(Clip[] clips) => [.. clips.Where((_, clip) => wanted(clip % Count))];
        return new Background(Some(_data.TrainingBackground.Speech), Some(_data.TrainingBackground.Words));
    }
}
