namespace Seq.Embedded.Tests.Audio.FrontEnds;

/// <summary>Samples in, outputs out: the same bits as the front end and then the model.</summary>
public class AudioStreamTests
{
    private const int Length = 9000;

    private static readonly float[] s_samples = Speech.Make(Length);

    [Fact]
    public void TryNext_gives_an_output_for_each_vector_of_features()
    {
        BundledPcen model = BundledPcen.Create(outputs: 3, seed: 1);
        float[] features = new float[BundledPcen.FrontEnd.GetStepCount(Length) * BundledPcen.InputSize];
        new BundledPcen.FrontEnd().Compute(s_samples, features);
        float[] expected = new float[features.Length / BundledPcen.InputSize * 3];
        model.CreateStream().Run(features, expected);

        BundledPcen.AudioStream stream = model.CreateAudioStream();
        float[] output = new float[3];
        foreach (int most in new[] { 1, 200, Length })
        {
            stream.Reset();
            List<float> outputs = [];
            foreach (float[] piece in s_samples.Chunk(most))
            {
                ReadOnlySpan<float> samples = piece;
                while (stream.TryNext(ref samples, output))
                {
                    outputs.AddRange(output);
                }
            }

            Assert.Equal(expected, outputs);
        }

        float[] whole = new float[BundledPcen.AudioStream.GetOutputCount(Length) * 3];
        Assert.Equal(whole.Length / 3, stream.Run(s_samples, whole));
        Assert.Equal(expected, whole);
    }

    [Fact]
    public void TryFlush_gives_the_outputs_that_waited_for_following_frames()
    {
        KaldiMfcc model = KaldiMfcc.Create(seed: 1);
        float[] features = new float[KaldiMfcc.FrontEnd.GetStepCount(Length) * KaldiMfcc.InputSize];
        new KaldiMfcc.FrontEnd().Compute(s_samples, features);
        float[] expected = new float[features.Length / KaldiMfcc.InputSize * KaldiMfcc.OutputSize];
        model.CreateStream().Run(features, expected);

        KaldiMfcc.AudioStream stream = model.CreateAudioStream();
        List<float> outputs = [];
        float[] output = new float[KaldiMfcc.OutputSize];
        ReadOnlySpan<float> samples = s_samples;
        while (stream.TryNext(ref samples, output))
        {
            outputs.AddRange(output);
        }

        Assert.Equal(expected.Length - (4 * KaldiMfcc.OutputSize), outputs.Count);
        while (stream.TryFlush(output))
        {
            outputs.AddRange(output);
        }

        Assert.Equal(expected, outputs);
        float[] whole = new float[expected.Length];
        stream.Run(s_samples, whole);
        Assert.Equal(expected, whole);
    }

    [Fact]
    public void Strides_give_an_output_every_other_vector()
    {
        TorchMelSlaney model = TorchMelSlaney.Create(seed: 1);
        int steps = TorchMelSlaney.FrontEnd.GetStepCount(Length), count = (steps + 1) / 2;
        float[] features = new float[steps * TorchMelSlaney.InputSize];
        new TorchMelSlaney.FrontEnd().Compute(s_samples, features);
        float[] expected = new float[count * TorchMelSlaney.OutputSize];
        model.CreateStream().Run(features, expected);

        float[] whole = new float[expected.Length];
        Assert.Equal(count, TorchMelSlaney.AudioStream.GetOutputCount(Length));
        Assert.Equal(count, model.CreateAudioStream().Run(s_samples, whole));
        Assert.Equal(expected, whole);
    }

    [Fact]
    public void Many_to_one_gives_an_output_of_all_audio()
    {
        TorchMel model = TorchMel.Create(outputs: 2, seed: 1);
        float[] features = new float[TorchMel.FrontEnd.GetStepCount(Length) * TorchMel.InputSize];
        new TorchMel.FrontEnd().Compute(s_samples, features);
        float[] expected = new float[2], actual = new float[2];
        model.CreateStream().Run(features, expected);

        TorchMel.AudioStream stream = model.CreateAudioStream();
        foreach (float[] piece in s_samples.Chunk(333))
        {
            stream.Push(piece);
        }

        stream.Flush();
        stream.Output(actual);
        Assert.Equal(expected, actual);
        stream.Run(s_samples, actual);
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Chunks_that_look_ahead_come_whole_and_the_last_one_at_the_end()
    {
        TorchMfcc model = TorchMfcc.Create(seed: 1);
        float[] features = new float[TorchMfcc.FrontEnd.GetStepCount(Length) * TorchMfcc.InputSize];
        new TorchMfcc.FrontEnd().Compute(s_samples, features);
        float[] expected = new float[features.Length / TorchMfcc.InputSize * 3];
        model.CreateStream().Run(features, expected);
        Assert.NotEqual(0, expected.Length / 3 % TorchMfcc.LookAhead);

        TorchMfcc.AudioStream stream = model.CreateAudioStream();
        List<float> outputs = [];
        float[] output = new float[TorchMfcc.LookAhead * 3];
        ReadOnlySpan<float> samples = s_samples;
        while (stream.TryNext(ref samples, output))
        {
            outputs.AddRange(output);
        }

        while (stream.Flush(output) is var rows and > 0)
        {
            outputs.AddRange(output.Take(rows * 3));
        }

        Assert.Equal(expected, outputs);
        float[] whole = new float[expected.Length];
        Assert.Equal(expected.Length / 3, TorchMfcc.AudioStream.GetOutputCount(Length));
        Assert.Equal(expected.Length / 3, stream.Run(s_samples, whole));
        Assert.Equal(expected, whole);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(700)]
    [InlineData(5000)]
    public void Run_of_a_model_that_looks_ahead_gives_all_outputs_of_any_length(int length)
    {
        TorchMfcc model = TorchMfcc.Create(seed: 1);
        float[] features = new float[TorchMfcc.FrontEnd.GetStepCount(length) * TorchMfcc.InputSize];
        new TorchMfcc.FrontEnd().Compute(s_samples.AsSpan(0, length), features);
        float[] expected = new float[features.Length / TorchMfcc.InputSize * 3], actual = new float[expected.Length];
        model.CreateStream().Run(features, expected);

        Assert.Equal(expected.Length / 3, model.CreateAudioStream().Run(s_samples.AsSpan(0, length), actual));
        Assert.Equal(expected, actual);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Length)]
    public void TryNext_after_Run_throws_until_Reset(int length)
    {
        KaldiMfcc.AudioStream stream = KaldiMfcc.Create(seed: 1).CreateAudioStream();
        float[] outputs = new float[KaldiMfcc.AudioStream.GetOutputCount(length) * KaldiMfcc.OutputSize], output = new float[KaldiMfcc.OutputSize];
        stream.Run(s_samples.AsSpan(0, length), outputs);
        Assert.False(stream.TryFlush(output));
        Assert.Throws<InvalidOperationException>(() => Next(stream));

        stream.Reset();
        Assert.True(Next(stream));

        static bool Next(KaldiMfcc.AudioStream stream)
        {
            ReadOnlySpan<float> samples = s_samples;
            return stream.TryNext(ref samples, new float[KaldiMfcc.OutputSize]);
        }
    }

    [Fact]
    public void TryNext_allocates_nothing()
    {
        BundledPcen.AudioStream stream = BundledPcen.Create(outputs: 3, seed: 1).CreateAudioStream();
        float[] output = new float[3];
        int Pass()
        {
            stream.Reset();
            ReadOnlySpan<float> samples = s_samples;
            int outputs = 0;
            while (stream.TryNext(ref samples, output))
            {
                outputs++;
            }

            return outputs;
        }

        Pass();
        long before = GC.GetAllocatedBytesForCurrentThread();
        int count = Pass();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(BundledPcen.AudioStream.GetOutputCount(Length), count);
    }

    [Fact]
    public void Output_of_another_length_throws()
    {
        BundledPcen.AudioStream stream = BundledPcen.Create(outputs: 3, seed: 1).CreateAudioStream();
        Assert.Throws<ArgumentException>(() =>
        {
            ReadOnlySpan<float> samples = [];
            stream.TryNext(ref samples, new float[2]);
        });
        Assert.Throws<ArgumentException>(() => stream.Run(s_samples, new float[3]));
    }
}
