using System.Runtime.Intrinsics.X86;
using Seq.Embedded.Arm.Emulation;

namespace Seq.Embedded.Arm.Tests;

/// <summary>arm64 code gives the bits of x64 code.</summary>
public sealed class BitTests(ArmBuild build) : IClassFixture<ArmBuild>
{
    [Theory]
    [InlineData("cortex-a53")]
    [InlineData("cortex-a72")]
    [InlineData("cortex-a76")]
    public void Results_have_the_bits_of_x64(string processor)
    {
        Assert.True(Fma.IsSupported, "Only x64 with fused multiply-add has the bits of arm64, which always fuses.");
        float[][] results = build.Program.Compute(processor);

        Assert.Equal(Workloads.Names.Count, results.Length);
        for (int i = 0; i < results.Length; i++)
        {
            AssertSameBits(Workloads.Names[i], Expected(i), results[i]);
        }
    }

    private static float[] Expected(int index)
    {
        Workload workload = Workloads.Create(index);
        float[] results = new float[workload.Calls * workload.Outputs];
        for (int call = 0; call < workload.Calls; call++)
        {
            workload.Draw();
            workload.Next(results.AsSpan(call * workload.Outputs, workload.Outputs));
        }

        return results;
    }

    private static void AssertSameBits(string name, float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.Contains(expected, value => value != 0);
        int different = Enumerable.Range(0, expected.Length)
            .FirstOrDefault(i => BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(actual[i]), -1);
        Assert.True(different < 0, $"{name}, value {different} of {expected.Length}: {(different < 0 ? 0 : expected[different]):R} on x64, {(different < 0 ? 0 : actual[different]):R} on arm64; " +
            $"largest difference {expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max():R}");
    }
}
