using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using KeywordSpotter.Spotting;
using Seq.Embedded.Audio;
using Seq.Embedded.Testing;

namespace KeywordSpotter.Tests.Spotting;

/// <summary>Front end and network together: the bundled model hears the bundled recording alike on all machines.</summary>
public sealed class PosteriorBitsTests(TrainedModel files)
{
    private const string ResultVariable = "SEQ_EMBEDDED_TEST_POSTERIORS";

    /// <summary>Of a posterior, which is at most 1. The largest difference found is 5.1e-7.</summary>
    private const float LargestUnfusedDifference = 1e-6f;

    [Fact]
    public void Posteriors_have_the_same_bits_for_every_width_of_vectors()
    {
        float[] own = Posteriors();
        foreach (int width in new[] { 128, 256, 512 }.Where(width => width != 8 * Vector<byte>.Count))
        {
            float[] others = RunProcess(TestProcess.WithVectors(width));
            Assert.Equal(own.Select(BitConverter.SingleToInt32Bits), others.Select(BitConverter.SingleToInt32Bits));
        }
    }

    [Fact]
    public void Posteriors_without_fused_multiply_add_hardly_differ()
    {
        if (!Fma.IsSupported)
        {
            return; // arm64 has it always
        }

        float largest = Posteriors().Zip(RunProcess(TestProcess.WithoutFma), (a, b) => Math.Abs(a - b)).Max();
        Assert.True(largest is > 0 and <= LargestUnfusedDifference, $"largest difference {largest:R}; stated is {LargestUnfusedDifference:R}");
    }

    /// <summary>What the other process does.</summary>
    [Fact]
    public void Posteriors_are_probabilities()
    {
        float[] posteriors = Posteriors();
        Assert.All(posteriors, posterior => Assert.InRange(posterior, 0f, 1f));
        if (Environment.GetEnvironmentVariable(ResultVariable) is { } result)
        {
            File.WriteAllBytes(result, MemoryMarshal.AsBytes<float>(posteriors));
        }
    }

    private static float[] Posteriors()
    {
        SpotterModel model = SpotterModel.Load(null);
        float[] recording = WavFile.ReadMono(Path.Combine(AppContext.BaseDirectory, "wake-words.wav"), model.Features.SampleRate);
        float[] inputs = new FeatureExtractor(model.Features).ExtractAll(recording);
        int labels = model.Network.OutputSize;
        float[] posteriors = new float[inputs.Length / KeywordModel.InputSize * labels];
        NetworkStream stream = model.Network.CreateStream();
        for (int t = 0; t * labels < posteriors.Length; t++)
        {
            stream.Step(inputs.AsSpan(t * KeywordModel.InputSize, KeywordModel.InputSize), posteriors.AsSpan(t * labels, labels));
        }

        return posteriors;
    }

    private float[] RunProcess((string Name, string Value)[] environment)
    {
        string result = files.In($"posteriors-{Guid.NewGuid():N}");
        TestProcess.Run(typeof(PosteriorBitsTests), [nameof(Posteriors_are_probabilities)], [.. environment, (ResultVariable, result)]);
        return MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(result)).ToArray();
    }
}
