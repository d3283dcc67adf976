using Seq.Embedded.Generator.Tests.Properties.Interpreting;

namespace Seq.Embedded.Generator.Tests.Properties.Checking;

/// <summary>How far floats may lie from the interpreter's doubles.</summary>
/// <remarks>
/// 2e-6 of the largest magnitude, at least of 1: 17 units in the last place of a float at 1, and the tolerance of the project's other tests.
/// A drawn model can be so ill-conditioned that no float code comes as near (a layer normalisation of nearly equal values divides by nearly
/// nothing). Where 2e-6 do not suffice, the model is therefore measured: every weight and input is changed by up to half a unit in its last
/// place (a relative 2^-24), as rounding does, and eight times the change that follows is allowed as well.
/// </remarks>
internal sealed class Rounding(DrawnCase drawn, int sequence)
{
    private const double Tolerance = 2e-6;
    private const double HalfUnit = 1.0 / (1 << 24);
    private const double Factor = 8;
    private const int Trials = 4;

    /// <summary>Compares values of the generated code with those of the interpreter.</summary>
    /// <param name="tensor">What is compared.</param>
    /// <param name="expected">The interpreter's values.</param>
    /// <param name="actual">The generated code's.</param>
    /// <param name="select">What is compared, of outputs and states of the interpreter.</param>
    public void Check(string tensor, double[] expected, float[] actual, Func<double[], double[], double[]> select)
    {
        double allowed = Tolerance * Math.Max(1, Agreement.Magnitude(expected));
        bool close = expected.Length == actual.Length && !expected.Where((value, i) => !(Math.Abs(value - actual[i]) <= allowed)).Any();
        if (!close)
        {
            allowed += Factor * Enumerable.Range(0, Trials).Max(_ => Agreement.Magnitude(Change(expected, select)));
        }

        Agreement.Close(tensor, expected, actual, _ => allowed);
    }

    /// <summary>What a change of all weights and inputs by rounding changes.</summary>
    private IEnumerable<double> Change(double[] expected, Func<double[], double[], double[]> select)
    {
        Dictionary<string, double[]> kept = drawn.Tensors.Read.ToDictionary(tensor => tensor.Key, tensor => (double[])tensor.Value.Clone());
        foreach (double[] values in drawn.Tensors.Read.Values)
        {
            Round(values);
        }

        double[][] inputs = drawn.Rows(drawn.Sequences[sequence]);
        if (!drawn.Model.Spec.ReadsTokens)
        {
            Array.ForEach(inputs, Round);
        }

        double[][][] state = drawn.Interpreter.InitialState();
        double[][] outputs = drawn.Interpreter.Run(inputs, state)!;
        foreach ((string name, double[] values) in kept)
        {
            values.CopyTo(drawn.Tensors.Read[name], 0);
        }

        double[] changed = select([.. outputs.SelectMany(row => row)], [.. state.SelectMany(layer => layer).SelectMany(values => values)]);
        return expected.Zip(changed, (before, after) => before - after);
    }

    private void Round(double[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] *= 1 + (((2 * drawn.Random.NextDouble()) - 1) * HalfUnit);
        }
    }
}
