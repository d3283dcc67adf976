using System.Globalization;

namespace Seq.Embedded.Generator.Tests.Properties.Checking;

/// <summary>Comparisons whose failures name tensor, index, expected and actual.</summary>
internal static class Agreement
{
    /// <summary>The same bits.</summary>
    public static void SameBits(string tensor, ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.True(expected.Length == actual.Length, $"{tensor}: {expected.Length} values expected, {actual.Length} found.");
        for (int i = 0; i < expected.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(actual[i]))
            {
                Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"{tensor}[{i}]: expected the bits of {expected[i]:R}, actual {actual[i]:R}."));
            }
        }
    }

    /// <summary>Each difference at most the tolerance, or what is allowed beyond.</summary>
    /// <param name="tensor">What is compared.</param>
    /// <param name="expected">Exact values.</param>
    /// <param name="actual">Values found.</param>
    /// <param name="tolerance">The difference that is always allowed.</param>
    /// <param name="beyond">What is allowed beyond, value by value; asked where the tolerance does not suffice.</param>
    public static void Close(string tensor, double[] expected, float[] actual, double tolerance, Func<double[]> beyond)
    {
        Assert.True(expected.Length == actual.Length, $"{tensor}: {expected.Length} values expected, {actual.Length} found.");
        double[]? more = null;
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs(expected[i] - actual[i]);
            if (difference <= tolerance)
            {
                continue;
            }

            more ??= beyond();
            double allowed = tolerance + more[i];
            if (!(difference <= allowed))
            {
                Assert.Fail(string.Create(
                    CultureInfo.InvariantCulture, $"{tensor}[{i}]: expected {expected[i]:R}, actual {actual[i]:R}, difference {difference:G3}, allowed {allowed:G3}."));
            }
        }
    }

    /// <summary>The largest magnitude.</summary>
    public static double Magnitude(IEnumerable<double> values) => values.Select(Math.Abs).DefaultIfEmpty().Max();
}
