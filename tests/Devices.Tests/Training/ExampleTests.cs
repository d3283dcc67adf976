using KeywordSpotter.Data;
using KeywordSpotter.Training;
using Seq.Embedded.Audio;

namespace KeywordSpotter.Tests.Training;

public sealed class ExampleTests
{
    private static readonly FeatureSettings s_features = new();
    private static readonly TrainingOptions s_options = new() { Seconds = 1.2, Seed = 7 };

    [Fact]
    public void Queue_hands_out_the_same_examples_for_any_number_of_threads()
    {
        Assert.Equal(Features(threads: 1), Features(threads: 4));
    }

    [Fact]
    public void Make_depends_on_seed_epoch_and_index()
    {
        TrainingData data = Data();
        float[] first = Make(data, s_options, 0, 0);

        Assert.Equal(first, Make(data, s_options, 0, 0));
        Assert.NotEqual(first, Make(data, s_options, 0, 1));
        Assert.NotEqual(first, Make(data, s_options, 1, 0));
        Assert.NotEqual(first, Make(data, s_options with { Seed = 8 }, 0, 0));
    }

    [Fact]
    public void Compose_draws_every_kind_as_often_as_the_mixture_says()
    {
        var composer = new Composer(Data(), s_options with { Mixture = Mixture.Parse("keyword=0.6,speech=0.4,word=0,run=0,half=0,pseudo=0,mined=0") }, 16000);
        int[] counts = new int[3];
        for (ulong index = 0; index < 2000; index++)
        {
            Draws draws = Draws.For(1, 2, index);
            composer.Compose(ref draws, []);
            counts[composer.Label]++;
        }

        Assert.InRange(counts[0], 700, 900);
        Assert.InRange(counts[1], 500, 700);
        Assert.InRange(counts[2], 500, 700);
    }

    [Theory]
    [InlineData("speech")]
    [InlineData("word")]
    [InlineData("run")]
    [InlineData("half")]
    [InlineData("pseudo")]
    [InlineData("mined")]
    public void Compose_every_kind_of_negative_has_sound_and_no_label(string kind)
    {
        TrainingData data = Data();
        var mixture = Mixture.Parse($"keyword=0.000001,speech=0,word=0,run=0,half=0,pseudo=0,mined=0,{kind}=1000");
        var composer = new Composer(data, s_options with { Mixture = mixture }, 16000);
        HardNegative[] mined = [new(data.TrainingBackground.Speech[0], 20000, 1), new(data.TrainingBackground.Words[0], 3000, 1)];
        for (ulong index = 0; index < 50; index++)
        {
            Draws draws = Draws.For(3, 4, index);
            composer.Compose(ref draws, mined);

            Assert.Equal(0, composer.Label);
            Assert.InRange(composer.Audio.Length, 1600, 16000 * 6);
            Assert.True(System.Numerics.Tensors.TensorPrimitives.SumOfSquares(composer.Audio) > 0);
        }
    }

    [Fact]
    public void Apply_keeps_the_core_when_the_audio_is_longer_than_the_example()
    {
        var source = new float[64000];
        source.AsSpan(40000, 4000).Fill(0.5f); // the word
        AugmentationSettings settings = AugmentationSettings.None with { LowestLevel = -20, HighestLevel = -20 };
        var augmenter = new Augmenter(settings, [], s_features, 19200);
        var destination = new float[19200];
        for (ulong seed = 0; seed < 40; seed++)
        {
            Draws draws = new(seed);
            augmenter.Apply(ref draws, source, 40000, 44000, destination);

            Assert.Equal(4000, destination.Count(value => value > 0.1f));
            Assert.Equal(-20, 10 * Math.Log10(destination.Average(value => value * value)), 0.2);
        }
    }

    [Fact]
    public void Mask_blanks_bands_of_all_stacked_frames_and_some_steps()
    {
        var augmenter = new Augmenter(new AugmentationSettings { Masks = 1 }, [], s_features, 19200);
        var values = new float[59 * 80];
        Array.Fill(values, 1f);
        Draws draws = new(5);

        augmenter.Mask(ref draws, values);

        float[][] rows = [.. values.Chunk(80)];
        int blankSteps = rows.Count(row => row.All(value => value == 0));
        Assert.InRange(blankSteps, 1, 5);
        float[] other = rows.First(row => row.Any(value => value != 0));
        Assert.Equal(other[..40], other[40..]);
        Assert.InRange(other[..40].Count(value => value == 0), 1, 5);
    }

    [Fact]
    public void Parse_reads_some_weights_and_keeps_the_others()
    {
        var mixture = Mixture.Parse("pseudo=0.5, run=0");

        Assert.Equal(new Mixture() with { Pseudo = 0.5, Run = 0 }, mixture);
        Assert.Equal(mixture, Mixture.Parse(mixture.ToString()));
    }

    private static float[] Make(TrainingData data, TrainingOptions options, int epoch, int index)
    {
        var example = new Example(ExampleMaker.Steps(options, s_features), s_features.FeatureCount);
        new ExampleMaker(data, options, s_features).Make(epoch, index, [], example);
        return example.Features;
    }

    private static List<float> Features(int threads)
    {
        TrainingData data = Data();
        int steps = ExampleMaker.Steps(s_options, s_features);
        ExampleMaker[] threadMakers = [.. Enumerable.Range(0, threads).Select(_ => new ExampleMaker(data, s_options, s_features))];
        Action<int, Example>[] makers = Array.ConvertAll(threadMakers, maker => (Action<int, Example>)((index, example) => maker.Make(3, index, [], example)));
        Example[] slots = [.. Enumerable.Range(0, 5).Select(_ => new Example(steps, s_features.FeatureCount))];
        using var queue = new ExampleQueue(makers, slots, count: 24);
        var all = new List<float>();
        for (int i = 0; i < 24; i++)
        {
            Example example = queue.Take();
            all.Add(example.Label);
            all.AddRange(example.Features);
            queue.Release();
        }

        return all;
    }

    private static TrainingData Data()
    {
        Clip Make(float[] samples, int index) => new($"{index}.wav", Clip.Quantise(samples), 16000);
        Clip[] Words(string word) => [.. Enumerable.Range(0, 4).Select(i => Make(SmallAudio.Word(word, i, out _), i))];
        return new TrainingData
        {
            Keywords = [SmallAudio.Rise, SmallAudio.Sink],
            Training = [Words(SmallAudio.Rise), Words(SmallAudio.Sink)],
            Validation = [[], []],
            TrainingBackground = new Background([Make(SmallAudio.Background(1, 5), 0)], [Make(SmallAudio.Background(2, 1), 1)]),
            ValidationBackground = new Background([], []),
            Noise = [Make(SmallAudio.Background(3, 2), 2)],
        };
    }
}
