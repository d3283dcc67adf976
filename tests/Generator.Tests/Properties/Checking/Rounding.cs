namespace Seq.Embedded.Generator.Tests.Properties.Checking;

/// <summary>How far the floats of one tensor may lie from exact values because of the model that was drawn.</summary>
/// <remarks>
/// A drawn model can be so ill-conditioned that no float code comes near: a layer normalisation of nearly equal values divides by nearly
/// nothing, and a gradient of one value can be the small sum of large ones. Where the fixed tolerance does not suffice the model is measured:
/// all that goes into it (weights, inputs, output gradients) is changed by up to half a unit in the last place of a float (a relative
/// 2^-24), as rounding does, and eight times the change of a value that follows is allowed for it as well; never more than a thousandth
/// of the largest value of the tensor.
/// </remarks>
/// <param name="tally">Counts the tensor.</param>
/// <param name="random">Draws the changes.</param>
/// <param name="given">What the values are computed from; as before in the end.</param>
/// <param name="magnitude">The largest value of the tensor.</param>
internal sealed class Rounding(RoundingTally tally, Random random, IReadOnlyList<double[]> given, double magnitude)
{
    private const double HalfUnit = 1.0 / (1 << 24);
    private const double Factor = 8;
    private const double Cap = 1e-3;
    private const int Trials = 16;

    private bool _isCounted;

    /// <summary>The difference that rounding explains, value by value.</summary>
    /// <param name="compute">Computes the values.</param>
    public double[] Explains(Func<double[]> compute)
    {
        if (!_isCounted)
        {
            tally.AddExplained();
            _isCounted = true;
        }

        double[] values = compute(), most = new double[values.Length];
        double[][] kept = [.. given.Select(array => (double[])array.Clone())];
        for (int trial = 0; trial < Trials; trial++)
        {
            foreach (double[] array in given)
            {
                for (int i = 0; i < array.Length; i++)
                {
                    array[i] *= 1 + (((2 * random.NextDouble()) - 1) * HalfUnit);
                }
            }

            double[] changed = compute();
            for (int i = 0; i < most.Length; i++)
            {
                most[i] = Math.Max(most[i], Math.Abs(changed[i] - values[i]));
            }

            for (int i = 0; i < kept.Length; i++)
            {
                kept[i].CopyTo(given[i], 0);
            }
        }

        return Array.ConvertAll(most, change => Math.Min(Factor * change, Cap * magnitude));
    }
}
