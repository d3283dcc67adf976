using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Seq.Embedded.Tests.Kernels;

internal static class KernelTestData
{
    /// <summary>What Vector.MultiplyAddEstimate does in one lane on this machine.</summary>
    public static float MultiplyAdd(float a, float b, float c) =>
        Fma.IsSupported || AdvSimd.IsSupported ? MathF.FusedMultiplyAdd(a, b, c) : a * b + c;

    /// <summary>Uniform in -scale to scale.</summary>
    public static float[] Random(int length, int seed, float scale = 1)
    {
        Random random = new(seed);
        float[] values = new float[length];
        foreach (ref float value in values.AsSpan())
        {
            value = (float)(random.NextDouble() * 2 - 1) * scale;
        }

        return values;
    }

    public static void AssertSameBits(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(actual[i]))
            {
                Assert.Fail($"{what} [{i}]: expected {expected[i]:R}, actual {actual[i]:R}");
            }
        }
    }

    public static void AssertAllocatesNothing(Action action)
    {
        action(); // the first call may allocate for the JIT
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
