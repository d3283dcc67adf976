using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Seq.Embedded.Decoding;
using Seq.Embedded.Testing;

namespace Seq.Embedded.Models.Tests;

/// <summary>The width of the machine's vectors does not show in the outputs; that it lacks fused multiply-add hardly does.</summary>
public class VectorWidthTests
{
    private const string ResultVariable = "SEQ_EMBEDDED_TEST_OUTPUTS";
    private const int Steps = 50;
    private static readonly bool s_isFused = Fma.IsSupported || AdvSimd.IsSupported;

    /// <summary>Rounding once or twice, over 50 steps, of outputs of about 1. The largest difference found is 8.6e-7.</summary>
    private const float LargestUnfusedDifference = 2e-6f;

    [Fact]
    public void Outputs_have_the_same_bits_for_every_width_of_vectors()
    {
        using TemporaryFolder folder = new();
        float[] own = Outputs(withInt8: s_isFused);
        foreach (int width in new[] { 128, 256, 512 }.Where(width => width != 8 * Vector<byte>.Count))
        {
            float[] others = RunProcess(folder, TestProcess.WithVectors(width), out int bits);
            Assert.True(width > 128 || bits == 128, $"{bits} bits where 128 were asked for");
            Compare.SameBits($"{bits} bits", "outputs of all models", own, others);
        }
    }

    [Fact]
    public void Outputs_without_fused_multiply_add_hardly_differ()
    {
        if (!Fma.IsSupported)
        {
            return; // arm64 has it always
        }

        using TemporaryFolder folder = new();
        float[] own = Outputs(withInt8: false), others = RunProcess(folder, TestProcess.WithoutFma, out _);
        float largest = own.Zip(others, (a, b) => Math.Abs(a - b)).Max();
        Assert.True(largest is > 0 and <= LargestUnfusedDifference, $"largest difference {largest:R}; stated is {LargestUnfusedDifference:R}");
    }

    /// <summary>What the other process does.</summary>
    [Fact]
    public void Outputs_are_finite()
    {
        float[] outputs = Outputs(withInt8: s_isFused);
        Assert.DoesNotContain(outputs, output => !float.IsFinite(output));
        if (Environment.GetEnvironmentVariable(ResultVariable) is { } result)
        {
            File.WriteAllBytes(result, [(byte)Vector<byte>.Count, .. MemoryMarshal.AsBytes<float>(outputs)]);
        }
    }

    /// <summary>
    /// Run and Step of all models, encoder-decoder models among them. Those of 8-bit weights round what lies between layers to a few steps, so a last bit
    /// more or less can become a whole one: without fused multiply-add they are left out.
    /// </summary>
    private static float[] Outputs(bool withInt8)
    {
        List<float> outputs = [];
        foreach (ModelCase model in ModelCase.All.Where(model => withInt8 || !model.IsInt8))
        {
            float[] inputs = TestData.Values(Steps * model.Input, 1);
            TestModel instance = model.Create(seed: 41);
            outputs.AddRange(instance.CreateStream().Run(inputs));
            outputs.AddRange(instance.CreateStream().Steps(inputs));
            if (s_isFused)
            {
                outputs.AddRange(Trained(model));
            }
        }

        foreach (DecoderCase model in DecoderCase.All)
        {
            ISequenceDecoder stream = model.CreateStream(model.Create(41), Steps);
            outputs.AddRange(model.Steps(stream, model.Source(Steps, 1), model.Target(Steps, 1)));
        }

        return [.. outputs];
    }

    private static float[] RunProcess(TemporaryFolder folder, (string Name, string Value)[] environment, out int bits)
    {
        string result = folder.GetPath("outputs");
        TestProcess.Run(typeof(VectorWidthTests), [nameof(Outputs_are_finite)], [.. environment, (ResultVariable, result)]);
        byte[] bytes = File.ReadAllBytes(result);
        bits = 8 * bytes[0];
        return MemoryMarshal.Cast<byte, float>(bytes.AsSpan(1)).ToArray();
    }
}
