using Seq.Embedded.Audio;

namespace Seq.Embedded.Tests.Audio;

public class FeatureExtractorTests
{
    public static TheoryData<string, FeatureSettings> AllSettings
    {
        get
        {
            var s = new FeatureSettings();
            return new TheoryData<string, FeatureSettings>
            {
                { "default", s },
                { "log-mel", s with { Kind = FeatureKind.LogMel, OutputScale = 1 } },
                { "one frame", s with { Stack = 1, Stride = 1 } },
                { "overlapping stacks", s with { Stack = 3, Stride = 1 } },
                { "gaps between stacks", s with { Stack = 2, Stride = 5 } },
                { "other root", s with { PcenPower = 0.3, PcenBias = 1.5, PcenGain = 0.8, PcenFloor = 1e-6, PcenSmoothing = 0.1 } },
                { "no root", s with { PcenPower = 1, OutputScale = -1 } },
                { "8 kHz", s with { SampleRate = 8000, WindowSamples = 200, HopSamples = 80, FftSize = 256, Bands = 23, HighHz = 4000 } },
                { "odd window, gaps between frames", s with { WindowSamples = 301, HopSamples = 377, LowHz = 0, HighHz = 8000 } },
                { "hop is window", s with { WindowSamples = 512, HopSamples = 512 } },
                { "smallest transform", s with { WindowSamples = 16, HopSamples = 16, FftSize = 16, Bands = 2, LowHz = 0 } },
                { "large transform", s with { WindowSamples = 2000, HopSamples = 800, FftSize = 2048, Bands = 80 } },
            };
        }
    }

    [Theory]
    [MemberData(nameof(AllSettings))]
    public void ExtractAll_matches_the_formula(string name, FeatureSettings settings)
    {
        float[] samples = Speech.Make(9000);
        double[] expected = FeatureReference.Extract(settings, samples);
        var extractor = new FeatureExtractor(settings);
        float[] actual = extractor.ExtractAll(samples);
        Assert.Equal(expected.Length, actual.Length);
        Assert.Equal(expected.Length, extractor.CountFor(samples.Length) * settings.FeatureCount);
        Assert.NotEmpty(expected);
        AssertClose(name, expected, actual, 5e-5);
    }

    [Theory]
    [MemberData(nameof(AllSettings))]
    public void TryNext_any_split_gives_the_same_bits_as_the_whole(string name, FeatureSettings settings)
    {
        float[] samples = Speech.Make(12_000);
        var extractor = new FeatureExtractor(settings);
        float[] whole = extractor.ExtractAll(samples);
        var random = new Random(3);
        foreach (int most in new[] { 1, 100, 3000, 12_000 })
        {
            extractor.Reset();
            var pieces = new List<float>();
            float[] vector = new float[settings.FeatureCount];
            for (int start = 0; start < samples.Length;)
            {
                int count = most == 1 ? 1 : Math.Min(random.Next(0, most + 1), samples.Length - start);
                ReadOnlySpan<float> piece = samples.AsSpan(start, count);
                while (extractor.TryNext(ref piece, vector))
                {
                    pieces.AddRange(vector);
                }

                Assert.True(piece.IsEmpty, name);
                start += count;
            }

            Assert.Equal(whole, pieces);
        }
    }

    [Theory]
    [MemberData(nameof(AllSettings))]
    public void CountFor_is_the_number_of_vectors_at_every_length(string name, FeatureSettings settings)
    {
        var extractor = new FeatureExtractor(settings);
        float[] vector = new float[settings.FeatureCount];
        int count = 0;
        for (int length = 1; length <= 9000; length++)
        {
            ReadOnlySpan<float> sample = [0.1f];
            count += extractor.TryNext(ref sample, vector) ? 1 : 0;
            Assert.True(count == extractor.CountFor(length), $"{name}: {count} vectors after {length} samples, stated {extractor.CountFor(length)}");
        }
    }

    [Fact]
    public void TryNext_leaves_the_samples_after_the_vector()
    {
        var extractor = new FeatureExtractor(new FeatureSettings());
        ReadOnlySpan<float> samples = new float[1000];
        float[] vector = new float[80];
        Assert.True(extractor.TryNext(ref samples, vector)); // frames at 0 and 160
        Assert.Equal(1000 - 560, samples.Length);
        Assert.True(extractor.TryNext(ref samples, vector)); // frames at 320 and 480
        Assert.Equal(1000 - 880, samples.Length);
        Array.Fill(vector, 7f);
        Assert.False(extractor.TryNext(ref samples, vector));
        Assert.True(samples.IsEmpty);
        Assert.All(vector, value => Assert.Equal(7f, value));
    }

    [Theory]
    [InlineData(FeatureKind.Pcen)]
    [InlineData(FeatureKind.LogMel)]
    public void TryNext_allocates_nothing(FeatureKind kind)
    {
        var settings = new FeatureSettings { Kind = kind };
        var extractor = new FeatureExtractor(settings);
        float[] samples = Speech.Make(16_000);
        float[] vector = new float[settings.FeatureCount];
        float[] all = new float[extractor.CountFor(samples.Length) * settings.FeatureCount];
        extractor.ExtractAll(samples, all);
        extractor.Reset();
        long before = GC.GetAllocatedBytesForCurrentThread();
        int vectors = 0;
        ReadOnlySpan<float> rest = samples;
        while (extractor.TryNext(ref rest, vector))
        {
            vectors++;
        }

        extractor.ExtractAll(samples, all);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(49, vectors);
    }

    /// <summary>A microphone 40 dB quieter must give nearly the same features: the level is divided out.</summary>
    [Theory]
    [InlineData(0.1f, 0.03)]
    [InlineData(0.01f, 0.06)]
    public void Pcen_quiet_audio_gives_nearly_the_same_features(float gain, double bound)
    {
        float[] samples = Speech.Make(64_000);
        var extractor = new FeatureExtractor(new FeatureSettings());
        float[] loud = extractor.ExtractAll(samples);
        float[] quiet = extractor.ExtractAll(samples.Select(x => x * gain).ToArray());
        double mean = loud.Average(x => (double)x);
        double deviation = Math.Sqrt(loud.Average(x => (x - mean) * (x - mean)));
        double difference = loud.Zip(quiet, (a, b) => (double)Math.Abs(a - b)).Average();
        Assert.InRange(deviation, 0.2, 2);
        Assert.True(difference < bound, $"mean difference {difference}, deviation of the features {deviation}");
    }

    [Fact]
    public void Pcen_digital_silence_is_zero_and_speech_after_it_is_finite()
    {
        var extractor = new FeatureExtractor(new FeatureSettings());
        float[] speech = Speech.Make(16_000);
        // Long enough for the levels to decay below the smallest normal number.
        float[] features = extractor.ExtractAll([.. speech, .. new float[800_000], .. speech]);
        Assert.All(features, value => Assert.InRange(value, -1f, 1000f));
        Assert.All(features[(80 * 60)..(80 * 2500)], value => Assert.Equal(0f, value));
        Assert.Contains(features[(80 * 2560)..], value => value > 1);
        Assert.All(extractor.ExtractAll(new float[16_000]), value => Assert.Equal(0f, value));
    }

    [Fact]
    public void LogMel_digital_silence_is_the_log_of_the_floor()
    {
        var extractor = new FeatureExtractor(new FeatureSettings { Kind = FeatureKind.LogMel, OutputScale = 2 });
        Assert.All(extractor.ExtractAll(new float[16_000]), value => Assert.Equal(2 * Math.Log(1e-6), value, 1e-5));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.MaxValue)]
    public void TryNext_bad_samples_count_as_silence_and_pass(float bad)
    {
        foreach (FeatureKind kind in (FeatureKind[])[FeatureKind.Pcen, FeatureKind.LogMel])
        {
            var extractor = new FeatureExtractor(new FeatureSettings { Kind = kind });
            float[] samples = Speech.Make(160_000);
            float[] clean = extractor.ExtractAll(samples);
            samples[20_000] = bad;
            float[] features = extractor.ExtractAll(samples);
            Assert.All(features, value => Assert.True(float.IsFinite(value)));
            Assert.Equal(clean[..(80 * 60)], features[..(80 * 60)]);
            AssertClose($"{kind}", clean[^800..].Select(x => (double)x).ToArray(), features[^800..], 0.01);
        }
    }

    [Fact]
    public void TryNext_wrong_length_throws()
    {
        var extractor = new FeatureExtractor(new FeatureSettings());
        var error = Assert.Throws<ArgumentException>(() =>
        {
            ReadOnlySpan<float> samples = [];
            extractor.TryNext(ref samples, new float[40]);
        });
        Assert.Contains("40 elements; 80 are needed", error.Message);
        error = Assert.Throws<ArgumentException>(() => extractor.ExtractAll(new float[16_000], new float[100]));
        Assert.Contains("49 vectors of 80", error.Message);
    }

    [Fact]
    public void Constructor_band_between_bins_throws_and_names_it()
    {
        var error = Assert.Throws<ArgumentException>(() => new FeatureExtractor(new FeatureSettings { Bands = 128 }));
        Assert.Contains("Mel band ", error.Message);
        Assert.Contains("31.25 Hz apart", error.Message);
    }

    private static void AssertClose(string name, double[] expected, float[] actual, double tolerance)
    {
        int worst = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            if (!(Math.Abs(expected[i] - actual[i]) <= Math.Abs(expected[worst] - actual[worst])))
            {
                worst = i;
            }
        }

        double difference = Math.Abs(expected[worst] - actual[worst]);
        Assert.True(difference <= tolerance,
            $"{name}: feature {worst} of {expected.Length}: expected {expected[worst]:R}, actual {actual[worst]:R}, difference {difference}");
    }
}
