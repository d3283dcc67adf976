namespace Seq.Embedded.Generator.Tests.Properties.Interpreting;

/// <summary>Plain vectors of doubles.</summary>
internal static class Vectors
{
    private const double NormEpsilon = 1e-5;

    /// <summary>W v + b; W row by row, b may be null.</summary>
    public static double[] Affine(double[] weight, double[]? bias, double[] vector)
    {
        double[] result = new double[weight.Length / vector.Length];
        for (int row = 0; row < result.Length; row++)
        {
            double sum = bias is null ? 0 : bias[row];
            for (int column = 0; column < vector.Length; column++)
            {
                sum += weight[(row * vector.Length) + column] * vector[column];
            }

            result[row] = sum;
        }

        return result;
    }

    /// <summary>(v - mean) / sqrt(variance + 1e-5) * gain + bias; bias may be null.</summary>
    public static double[] Normalize(double[] vector, double[] gain, double[]? bias)
    {
        double mean = vector.Average(), variance = vector.Average(value => (value - mean) * (value - mean));
        return Map(vector.Length, i => ((vector[i] - mean) / Math.Sqrt(variance + NormEpsilon) * gain[i]) + (bias?[i] ?? 0));
    }

    public static double Sigmoid(double value) => 1 / (1 + Math.Exp(-value));

    public static double[] Softmax(double[] values)
    {
        double most = values.Max(), sum = values.Sum(value => Math.Exp(value - most));
        return [.. values.Select(value => Math.Exp(value - most) / sum)];
    }

    /// <summary>An activation by the name of its C# value.</summary>
    public static double[] Activate(string activation, double[] values) => activation switch
    {
        "Activation.None" => values,
        "Activation.Relu" => [.. values.Select(value => Math.Max(value, 0))],
        "Activation.Tanh" => [.. values.Select(Math.Tanh)],
        "Activation.Sigmoid" => [.. values.Select(Sigmoid)],
        "Activation.Softmax" => Softmax(values),
        _ => throw new ArgumentException($"No activation {activation}."),
    };

    public static double[] Map(int length, Func<int, double> value)
    {
        double[] result = new double[length];
        for (int i = 0; i < length; i++)
        {
            result[i] = value(i);
        }

        return result;
    }
}
