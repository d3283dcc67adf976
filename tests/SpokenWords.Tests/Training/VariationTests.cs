using Seq.Embedded.Audio;
using SpokenWords.Data;
using SpokenWords.Training;

namespace SpokenWords.Tests.Training;

public sealed class VariationTests
{
    private static readonly WordTrainingOptions s_options = new() { Seconds = 0.8, Seed = 7 };

    [Fact]
    public void Make_depends_on_seed_epoch_and_index()
    {
        float[] first = Make(s_options, 0, 0);

        Assert.Equal(first, Make(s_options, 0, 0));
        Assert.NotEqual(first, Make(s_options, 0, 1));
        Assert.NotEqual(first, Make(s_options, 1, 0));
        Assert.NotEqual(first, Make(s_options with { Seed = 8 }, 0, 0));
    }

    [Fact]
    public void Make_draws_every_word_and_extra_clips_as_often_as_it_is_told()
    {
        // The extra clips are silent, so that their examples have no band that stands out.
        WordExampleMaker maker = Maker(s_options with { Extra = 0.25, ClipNoise = 0, Augmentation = AugmentationSettings.None with { Clean = 1 } });
        var example = new Example(maker.MaxSteps, 40);
        int[] words = new int[2];
        int silent = 0;
        for (int index = 0; index < 400; index++)
        {
            maker.Make(0, index, example);
            words[example.Label]++;
            silent += example.Features.AsSpan(0, example.Steps * 40).Contains(-2f) ? 0 : 1;
        }

        Assert.InRange(words[0], 160, 240);
        Assert.InRange(silent, 60, 140);
    }

    [Fact]
    public void Voices_are_of_many_lengths_and_none_is_longer_than_the_longest()
    {
        FeatureSettings settings = s_options.FeatureSettings;
        var voices = new VoiceVariation(settings, tempo: 1.2, warp: 1.1);
        var counts = new HashSet<int>();
        var highest = new HashSet<double>();
        for (ulong seed = 0; seed < 200; seed++)
        {
            Draws draws = new(seed);
            FeatureExtractor extractor = voices.Draw(ref draws);
            counts.Add(extractor.CountFor(12_800));
            highest.Add(extractor.Settings.HighHz);
        }

        Assert.Equal(9, counts.Count);
        Assert.Equal(9, highest.Count);
        Assert.Equal(voices.MaxCount(12_800), counts.Max());
        Assert.Equal(settings.HighHz / 1.1, highest.Min(), 1e-6);
        Assert.InRange(highest.Max(), settings.HighHz * 1.09, 8000);
    }

    [Fact]
    public void Noise_of_a_clip_ends_with_it()
    {
        var settings = new AugmentationSettings { LowestSnr = 10, HighestSnr = 10 };
        var augmenter = new Augmenter(settings, [], s_options.FeatureSettings, samples: 800);
        float[] audio = [.. Enumerable.Range(0, 4000).Select(i => 0.1f * MathF.Sin(0.3f * i))]; // longer than the examples of the augmenter
        float[] noisy = [.. audio];
        Draws draws = new(3);

        augmenter.AddNoise(ref draws, noisy);

        double signal = audio.Sum(value => value * value);
        double noise = audio.Zip(noisy, (a, b) => (b - a) * (b - a)).Sum();
        Assert.Equal(10, 10 * Math.Log10(signal / noise), 0.05);
    }

    [Fact]
    public void Filter_raises_and_lowers_bands_by_one_curve()
    {
        var values = new float[3 * 40];
        Draws draws = new(1);

        new RandomFilter(40, decibels: 6).Apply(ref draws, values);

        Assert.Equal(values[..40], values[40..80]);
        Assert.NotEqual(0, values[0]);
        Assert.All(values, value => Assert.InRange(MathF.Abs(value), 0, 4 * 6 * 0.231f));
        Assert.All(Enumerable.Range(1, 39), band => Assert.InRange(MathF.Abs(values[band] - values[band - 1]), 0, 1.1f));
    }

    [Fact]
    public void Filter_of_0_decibels_changes_nothing()
    {
        var values = new float[] { 1, 2, 3, 4 };
        Draws draws = new(1);

        new RandomFilter(2, decibels: 0).Apply(ref draws, values);

        Assert.Equal([1, 2, 3, 4], values);
    }

    private static float[] Make(WordTrainingOptions options, int epoch, int index)
    {
        WordExampleMaker maker = Maker(options);
        var example = new Example(maker.MaxSteps, 40);
        maker.Make(epoch, index, example);
        return example.Features[..(example.Steps * 40)];
    }

    private static WordExampleMaker Maker(WordTrainingOptions options)
    {
        Clip Word(string word, int i) => new($"{i}.wav", Clip.Quantise(SmallAudio.Word(word, i, out _)), SmallAudio.Rate);
        Recording[] recordings =
        [
            .. Enumerable.Range(0, 4).Select(i => new Recording(Word(SmallAudio.Rise, i), 0, $"{i}")),
            .. Enumerable.Range(0, 4).Select(i => new Recording(Word(SmallAudio.Sink, i), 1, $"{i}")),
        ];
        Clip silence = new("silence", new short[8000], SmallAudio.Rate);
        return new WordExampleMaker(2, recordings, [new Recording(silence, 0, "x"), new Recording(silence, 1, "x")], [], options);
    }
}
