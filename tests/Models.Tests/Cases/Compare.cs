using System.Globalization;

namespace Seq.Embedded.Models.Tests.Cases;

/// <summary>Comparisons whose failures name case, tensor, index, expected, actual and the largest difference.</summary>
internal static class Compare
{
    /// <summary>Each difference at most tolerance * the largest magnitude of the tensor, and of at least <paramref name="floor"/>.</summary>
    public static void Close(string name, string tensor, ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, double tolerance, double floor = 0)
    {
        Assert.True(expected.Length == actual.Length, $"{name}, {tensor}: {expected.Length} values expected, {actual.Length} found.");
        double magnitude = floor, worst = -1;
        int at = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            magnitude = Math.Max(magnitude, Math.Abs(expected[i]));
            double difference = Math.Abs(expected[i] - actual[i]);
            if (!(difference <= worst))
            {
                (worst, at) = (difference, i);
            }
        }

        if (expected.Length > 0 && !(worst <= tolerance * magnitude))
        {
            Assert.Fail(string.Create(
                CultureInfo.InvariantCulture,
                $"{name}, {tensor}[{at}]: expected {expected[at]:R}, actual {actual[at]:R}, largest difference {worst:G3}, allowed {tolerance * magnitude:G3}."));
        }
    }

    public static void Close(string name, string tensor, double expected, double actual, double tolerance) =>
        Assert.True(
            Math.Abs(expected - actual) <= tolerance * Math.Abs(expected),
            string.Create(CultureInfo.InvariantCulture, $"{name}, {tensor}: expected {expected:R}, actual {actual:R}, allowed difference {tolerance * Math.Abs(expected):G3}."));

    /// <summary>The same bits.</summary>
    public static void SameBits(string name, string tensor, ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.True(expected.Length == actual.Length, $"{name}, {tensor}: {expected.Length} values expected, {actual.Length} found.");
        for (int i = 0; i < expected.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(actual[i]))
            {
                Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"{name}, {tensor}[{i}]: expected the bits of {expected[i]:R}, actual {actual[i]:R}."));
            }
        }
    }

    /// <summary>The same tensors with the same bits.</summary>
    public static void SameBits(string name, Dictionary<string, float[]> expected, Dictionary<string, float[]> actual)
    {
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        foreach ((string tensor, float[] values) in expected)
        {
            SameBits(name, tensor, values, actual[tensor]);
        }
    }
}
