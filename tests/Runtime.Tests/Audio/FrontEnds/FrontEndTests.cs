using Seq.Embedded.Audio;
using Seq.Embedded.Tests.Weights;
using Seq.Embedded.Weights;

namespace Seq.Embedded.Tests.Audio.FrontEnds;

/// <summary>Generated front ends of every kind: against published features, against the extractor, streamed and whole.</summary>
public class FrontEndTests
{
    private static readonly Dictionary<string, float[]> s_vectors =
        SafeTensorsFile.Read(TestVectors.GetPath("features.safetensors")).Tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.ToArray());

    public static TheoryData<string> Names => [.. FrontEndCase.Names];

    public static TheoryData<string> SettingNames => [.. FrontEndCase.Names.Where(name => FrontEndCase.Create(name).Settings is not null)];

    // Largest differences allowed: of the largest value for powers, absolute for logarithms; measured ones are up to a third of that.
    [Theory]
    [InlineData("kaldi_fbank", "KaldiFbank", 1e-4)]
    [InlineData("kaldi_fbank_energy", "KaldiFbankEnergy", 1e-4)]
    [InlineData("kaldi_mfcc", "KaldiMfcc", 3e-4)]
    [InlineData("kaldi_spectrogram", "KaldiSpectrogram", 2e-3)]
    [InlineData("torch_mel", "TorchMel", 2e-6 * 336)]
    [InlineData("torch_mel_slaney", "TorchMelSlaney", 2e-6 * 8.3)]
    [InlineData("torch_mfcc", "TorchMfcc", 1e-4)]
    [InlineData("torch_hamming", "TorchHamming", 2e-6 * 665)]
    [InlineData("torch_blackman", "TorchBlackman", 2e-6 * 401)]
    [InlineData("tf_mfcc", "TfMfcc", 1e-4)]
    [InlineData("tf_log_mel", "TfLogMel", 1e-4)]
    [InlineData("tf_magnitudes", "TfMagnitudes", 2e-6 * 12.7)]
    public void Compute_matches_published_features(string vectors, string name, double tolerance)
    {
        float[] expected = s_vectors[vectors], actual = FrontEndCase.Create(name).ComputeAll(s_vectors["samples"]);
        Assert.Equal(expected.Length, actual.Length);
        int worst = Enumerable.Range(0, expected.Length).MaxBy(i => Math.Abs(expected[i] - actual[i]));
        double difference = Math.Abs(expected[worst] - actual[worst]);
        Assert.True(difference <= tolerance, $"{name}: value {worst} of {expected.Length}: expected {expected[worst]:R}, actual {actual[worst]:R}, difference {difference:R}, allowed {tolerance:R}");
    }

    [Theory]
    [MemberData(nameof(SettingNames))]
    public void Compute_gives_the_bits_of_FeatureExtractor(string name)
    {
        float[] samples = Speech.Make(9000);
        FrontEndCase front = FrontEndCase.Create(name);
        FeatureExtractor extractor = new(front.Settings!);
        float[] expected = extractor.ExtractAll(samples);
        Assert.NotEmpty(expected);
        Assert.Equal(extractor.Settings.FeatureCount, front.FeatureCount);
        Assert.Equal(expected, front.ComputeAll(samples));
    }

    // Written out from the formulas in double precision.
    [Theory]
    [MemberData(nameof(SettingNames))]
    public void Compute_matches_the_formula(string name)
    {
        float[] samples = Speech.Make(9000);
        FrontEndCase front = FrontEndCase.Create(name);
        double[] expected = FeatureReference.Extract(front.Settings!, samples);
        float[] actual = front.ComputeAll(samples);
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(Enumerable.Range(0, expected.Length), i => Assert.Equal(expected[i], actual[i], 5e-5));
    }

    [Fact]
    public void Settings_of_the_defaults_are_those_of_FeatureSettings() => Assert.Equal(new FeatureSettings(), BundledPcen.FrontEnd.Settings);

    [Theory]
    [MemberData(nameof(Names))]
    public void TryNext_any_split_gives_the_same_bits_as_the_whole(string name)
    {
        float[] samples = Speech.Make(9000);
        FrontEndCase front = FrontEndCase.Create(name);
        float[] whole = front.ComputeAll(samples);
        Assert.NotEmpty(whole);
        var random = new Random(5);
        foreach (int most in new[] { 1, 7, 300, 3000, 9000 })
        {
            Assert.Equal(whole, front.Stream(samples, most, random));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void GetStepCount_is_the_number_of_vectors_at_every_length(string name)
    {
        FrontEndCase front = FrontEndCase.Create(name);
        float[] samples = Speech.Make(5000);
        var random = new Random(1);
        foreach (int length in Enumerable.Range(0, 1200).Where(length => length % 13 == 0 || length is > 195 and < 205 or > 398 and < 403 or > 510 and < 514).Append(5000))
        {
            Assert.Equal(front.GetStepCount(length) * front.FeatureCount, front.Stream(samples[..length], 1000, random).Count);
            Assert.Equal(front.GetStepCount(length), front.ComputeAll(samples[..length]).Length / front.FeatureCount);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => front.GetStepCount(-1));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void FirstStepSamples_and_SamplesPerStep_say_when_vectors_come(string name)
    {
        FrontEndCase front = FrontEndCase.Create(name);
        float[] samples = Speech.Make(9000), vector = new float[front.FeatureCount];
        List<int> times = [];
        for (int i = 0; i < samples.Length; i++)
        {
            ReadOnlySpan<float> sample = samples.AsSpan(i, 1);
            while (front.TryNext(ref sample, vector))
            {
                times.Add(i + 1);
            }
        }

        Assert.Equal(front.FirstStepSamples, times[0]);
        Assert.All(times.Skip(1).Zip(times.Skip(2)), pair => Assert.Equal(front.SamplesPerStep, pair.Second - pair.First));
        Assert.InRange(times[1] - times[0], 0, front.SamplesPerStep);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void TryNext_allocates_nothing(string name)
    {
        FrontEndCase front = FrontEndCase.Create(name);
        float[] samples = Speech.Make(9000), vector = new float[front.FeatureCount], all = new float[front.GetStepCount(samples.Length) * front.FeatureCount];
        int Pass()
        {
            front.Compute(samples, all);
            front.Reset();
            ReadOnlySpan<float> rest = samples;
            int vectors = 0;
            while (front.TryNext(ref rest, vector))
            {
                vectors++;
            }

            while (front.TryFlush(vector))
            {
                vectors++;
            }

            return vectors;
        }

        Pass();
        long before = GC.GetAllocatedBytesForCurrentThread();
        int count = Pass();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(front.GetStepCount(samples.Length), count);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Compute_after_anything_gives_the_same_bits(string name)
    {
        FrontEndCase front = FrontEndCase.Create(name);
        float[] samples = Speech.Make(6000), other = Speech.Make(3000, seed: 7), vector = new float[front.FeatureCount];
        float[] expected = front.ComputeAll(samples);
        ReadOnlySpan<float> rest = other;
        front.Reset();
        front.TryNext(ref rest, vector);
        Assert.Equal(expected, front.ComputeAll(samples));
        front.Stream(other, 500, new Random(2));
        Assert.Equal(expected, front.ComputeAll(samples));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Compute_of_bad_samples_is_finite(string name)
    {
        FrontEndCase front = FrontEndCase.Create(name);
        foreach (float bad in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue])
        {
            float[] samples = Speech.Make(6000);
            samples[3000] = bad;
            Assert.All(front.ComputeAll(samples), value => Assert.True(float.IsFinite(value)));
        }

        Assert.All(front.ComputeAll(new float[6000]), value => Assert.True(float.IsFinite(value)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Spans_of_other_lengths_throw(string name)
    {
        FrontEndCase front = FrontEndCase.Create(name);
        Assert.Throws<ArgumentException>(() =>
        {
            ReadOnlySpan<float> samples = [];
            front.TryNext(ref samples, new float[front.FeatureCount + 1]);
        });
        Assert.Throws<ArgumentException>(() => front.Compute(new float[3000], new float[front.FeatureCount]));
    }

    [Fact]
    public void TryNext_behind_the_end_throws_up_to_Reset()
    {
        KaldiMfcc.FrontEnd front = new();
        float[] features = new float[KaldiMfcc.FrontEnd.FeatureCount];
        Assert.False(front.TryFlush(features));
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() =>
        {
            ReadOnlySpan<float> samples = new float[1000];
            front.TryNext(ref samples, features);
        });
        Assert.Contains("Reset first", error.Message, StringComparison.Ordinal);
        front.Reset();
        ReadOnlySpan<float> more = new float[4000];
        Assert.True(front.TryNext(ref more, features));
    }

    [Fact]
    public void Deltas_come_late_by_what_is_stated()
    {
        Assert.Equal(4 * 160, KaldiMfcc.FrontEnd.DelaySamples);
        Assert.Equal(400 + (4 * 160), KaldiMfcc.FrontEnd.FirstStepSamples);
        Assert.Equal(3 * 200, TorchMfcc.FrontEnd.DelaySamples);
        Assert.Equal(0, BundledPcen.FrontEnd.DelaySamples);
    }
}
