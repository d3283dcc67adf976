namespace Seq.Embedded.Generator.Tests.Properties.Checking;

/// <summary>How far floats may lie from exact values because of the model that was drawn.</summary>
/// <remarks>
/// A drawn model can be so ill-conditioned that no float code comes near: a layer normalisation of nearly equal values divides by nearly
/// nothing, and a gradient of one value can be the small sum of large ones. Where the fixed tolerance does not suffice the model is measured:
/// all that goes into it (weights, inputs, output gradients) is changed by up to half a unit in the last place of a float (a relative
/// 2^-24), as rounding does, and eight times the change that follows is allowed as well.
/// </remarks>
internal static class Rounding
{
    private const double HalfUnit = 1.0 / (1 << 24);
    private const double Factor = 8;
    private const int Trials = 4;

    /// <summary>The difference that rounding explains.</summary>
    /// <param name="random">Draws the changes.</param>
    /// <param name="given">What the values are computed from; as before in the end.</param>
    /// <param name="compute">Computes the values.</param>
    public static double Explains(Random random, IReadOnlyList<double[]> given, Func<double[]> compute)
    {
        double[] values = compute();
        double[][] kept = [.. given.Select(array => (double[])array.Clone())];
        double most = 0;
        for (int trial = 0; trial < Trials; trial++)
        {
            foreach (double[] array in given)
            {
                for (int i = 0; i < array.Length; i++)
                {
                    array[i] *= 1 + (((2 * random.NextDouble()) - 1) * HalfUnit);
                }
            }

            most = Math.Max(most, Agreement.Magnitude(values.Zip(compute(), (before, after) => before - after)));
            for (int i = 0; i < kept.Length; i++)
            {
                kept[i].CopyTo(given[i], 0);
            }
        }

        return Factor * most;
    }
}
