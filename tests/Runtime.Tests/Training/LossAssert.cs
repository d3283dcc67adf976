using System.Text.Json;

namespace Seq.Embedded.Tests.Training;

/// <summary>Comparisons of losses and gradients; a failure names what, index, expected and actual.</summary>
internal static class LossAssert
{
    internal static double[] GetDoubles(this JsonElement element, string property) =>
        [.. element.GetProperty(property).EnumerateArray().Select(value => value.GetDouble())];

    internal static void Close(string what, double expected, double actual, double tolerance) =>
        Assert.True(Math.Abs(expected - actual) <= tolerance, $"{what}: expected {expected:R}, actual {actual:R}, allowed difference {tolerance:G3}");

    /// <summary>Differences up to tolerance * the largest expected magnitude, or exactly zero where all are expected to be.</summary>
    internal static void Close(string what, double[] expected, float[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        double allowed = tolerance * expected.Max(Math.Abs);
        for (int i = 0; i < expected.Length; i++)
        {
            Close($"{what}[{i}]", expected[i], actual[i], allowed);
        }
    }

    /// <summary>The second call allocates nothing on this thread.</summary>
    internal static void AllocatesNothing(Action call)
    {
        call();
        long before = GC.GetAllocatedBytesForCurrentThread();
        call();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
