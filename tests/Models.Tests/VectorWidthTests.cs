using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Seq.Embedded.Decoding;
using Seq.Embedded.Kernels;
using Seq.Embedded.Testing;
using Seq.Embedded.Training;

namespace Seq.Embedded.Models.Tests;

/// <summary>Neither the width of the machine's vectors nor its instructions for 8-bit products show in outputs and trained weights; that it lacks fused multiply-add hardly does.</summary>
public class VectorWidthTests
{
    private const string ResultVariable = "SEQ_EMBEDDED_TEST_OUTPUTS";
    private const int Steps = 50;
    private static readonly bool s_isFused = Fma.IsSupported || AdvSimd.IsSupported;

    /// <summary>Rounding once or twice, over 50 steps, of outputs of about 1. The largest difference found is 8.6e-7.</summary>
    private const float LargestUnfusedDifference = 2e-6f;

    [Theory]
    [InlineData(128, true)]
    [InlineData(256, true)]
    [InlineData(512, true)]
    [InlineData(128, false)]
    [InlineData(256, false)]
    public void Outputs_and_trained_weights_have_the_same_bits_at_every_width_with_and_without_dot_products(int width, bool dotProducts)
    {
        using TemporaryFolder folder = new();
        (string, string)[] environment = [.. TestProcess.WithVectors(width), .. dotProducts ? [] : TestProcess.WithoutDotProducts];
        float[] others = RunProcess(folder, environment, out int bits, out bool hasDotProducts);
        Assert.True(width > 128 || bits == 128, $"{bits} bits where 128 were asked for");
        Assert.True(dotProducts || !hasDotProducts || !X86Base.IsSupported, "dot products where none were asked for");
        Compare.SameBits($"{bits} bits", "outputs of all models", Outputs(s_isFused), others);
    }

    [Fact]
    public void Outputs_without_fused_multiply_add_hardly_differ()
    {
        if (!Fma.IsSupported)
        {
            return; // arm64 has it always
        }

        using TemporaryFolder folder = new();
        float[] own = Outputs(exact: false), others = RunProcess(folder, TestProcess.WithoutFma, out _, out _);
        float largest = own.Zip(others, (a, b) => Math.Abs(a - b)).Max();
        Assert.True(largest is > 0 and <= LargestUnfusedDifference, $"largest difference {largest:R}; stated is {LargestUnfusedDifference:R}");
    }

    /// <summary>What the other process does.</summary>
    [Fact]
    public void Outputs_are_finite()
    {
        float[] outputs = Outputs(s_isFused);
        Assert.DoesNotContain(outputs, output => !float.IsFinite(output));
        if (Environment.GetEnvironmentVariable(ResultVariable) is { } result)
        {
            File.WriteAllBytes(result, [(byte)Vector<byte>.Count, (byte)(Int8DotProduct.IsSupported ? 1 : 0), .. MemoryMarshal.AsBytes<float>(outputs)]);
        }
    }

    /// <summary>
    /// Run and Step of all models, encoder-decoder models among them. Models of 8-bit weights round what lies between layers to a few steps, so a last bit
    /// more or less can become a whole one; and trained weights go far from a last bit: they are compared only where multiply-adds are fused on both sides.
    /// </summary>
    private static float[] Outputs(bool exact)
    {
        List<float> outputs = [];
        foreach (ModelCase model in exact ? ModelCase.All.Concat(ModelCase.Int8) : ModelCase.All)
        {
            float[] inputs = TestData.Values(Steps * model.Input, 1);
            TestModel instance = model.Create(seed: 41);
            outputs.AddRange(instance.CreateStream().Run(inputs));
            outputs.AddRange(instance.CreateStream().Steps(inputs));
            if (exact && !model.IsInt8)
            {
                outputs.AddRange(Trained(model));
            }
        }

        foreach (DecoderCase model in exact ? DecoderCase.All.Concat(DecoderCase.Int8) : DecoderCase.All)
        {
            ISequenceDecoder stream = model.CreateStream(model.Create(41), Steps);
            outputs.AddRange(model.Steps(stream, model.Source(Steps, 1), model.Target(Steps, 1)));
        }

        return [.. outputs];
    }

    /// <summary>The weights after two updates with sequences of unequal lengths.</summary>
    private static IEnumerable<float> Trained(ModelCase model)
    {
        TestModel created = model.Create(seed: 42);
        using SequenceTrainer trainer = created.CreateTrainer(new TrainerOptions { MaxBatch = 11, MaxSteps = 9 });
        for (int update = 0; update < 2; update++)
        {
            foreach (float[] inputs in TestData.Sequences(model, update, [.. Enumerable.Range(0, 11).Select(i => 1 + (i * 4 % 9))]))
            {
                created.Add(trainer, inputs);
            }

            trainer.Forward();
            for (int i = 0; i < 11; i++)
            {
                Span<float> gradients = trainer.GetOutputGradients(i);
                TestData.Values(gradients.Length, i).CopyTo(gradients);
            }

            trainer.Backward();
            trainer.Update(0.01f);
        }

        return created.FromTrainer(trainer).Tensors().OrderBy(tensor => tensor.Key, StringComparer.Ordinal).SelectMany(tensor => tensor.Value);
    }

    private static float[] RunProcess(TemporaryFolder folder, (string Name, string Value)[] environment, out int bits, out bool hasDotProducts)
    {
        string result = folder.GetPath("outputs");
        TestProcess.Run(typeof(VectorWidthTests), [nameof(Outputs_are_finite)], [.. environment, (ResultVariable, result)]);
        byte[] bytes = File.ReadAllBytes(result);
        bits = 8 * bytes[0];
        hasDotProducts = bytes[1] != 0;
        return MemoryMarshal.Cast<byte, float>(bytes.AsSpan(2)).ToArray();
    }
}
