using KeywordSpotter.Spotting;

namespace KeywordSpotter.Tests.Serving;

/// <summary>Audio in which the small model hears what is in it, so that tests of the server do not depend on how well it was trained.</summary>
internal static class HeardAudio
{
    /// <summary>A word with a second of silence before and after it.</summary>
    public static float[] Word(TrainedModel model, string word, int variant) =>
        Find(model, variant, candidate => SmallAudio.Word(word, candidate, out _, before: 1, after: 1), word);

    /// <summary>The first variant of some audio in which exactly these words are heard, at once and without a server.</summary>
    public static float[] Find(TrainedModel model, int variant, Func<int, float[]> make, params string[] words)
    {
        SpotterModel weights = SpotterModel.Load(model.Path);
        for (int i = 0; i < 50; i++)
        {
            float[] audio = make(variant + i);
            if (Hear(weights, audio).SequenceEqual(words))
            {
                return audio;
            }
        }

        throw new InvalidOperationException($"in none of 50 variants '{string.Join(" ", words)}' was heard");
    }

    private static List<string> Hear(SpotterModel model, float[] audio)
    {
        var spotter = new Spotter(model, model.Detector, gate: true);
        var heard = new List<string>();
        ReadOnlySpan<float> samples = [.. audio, .. new float[SmallAudio.Rate / 2]];
        Detection detection;
        while (spotter.TryNext(ref samples, out detection) || spotter.Finish(out detection))
        {
            heard.Add(model.Keywords[detection.Keyword]);
        }

        return heard;
    }
}
