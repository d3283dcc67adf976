namespace Seq.Embedded.Models.Tests.Reference;

/// <summary>a * (v - mean) / sqrt(variance + 1e-5) + b.</summary>
internal sealed class ReferenceNorm(double[] gain, double[]? bias)
{
    public double[] Of(double[] values)
    {
        double mean = values.Average(), variance = values.Average(value => (value - mean) * (value - mean));
        return [.. values.Select((value, i) => (gain[i] * (value - mean) / Math.Sqrt(variance + 1e-5)) + (bias?[i] ?? 0))];
    }
}
