namespace Seq.Embedded.Generator.Tests.Properties.Checking;

/// <summary>Outputs and states of a drawn model against the interpreter, from the model's own initial state and from a drawn one.</summary>
/// <remarks>
/// Allowed between floats and the interpreter's doubles: 2e-6 of the largest magnitude, at least of 1. These are 17 units in the last place of a
/// float at 1, the tolerance of the project's other tests; beyond, what <see cref="Rounding"/> explains.
/// </remarks>
internal static class InterpreterCheck
{
    private const double Tolerance = 2e-6;

    public static void Check(DrawnCase drawn)
    {
        Assert.Empty(drawn.Tensors.Unread);
        Assert.Equal(drawn.Tensors.Read.Values.Sum(tensor => tensor.Length), drawn.Model.ParameterCount);
        Assert.Equal(Flat(drawn.Interpreter.InitialState()).Length, drawn.Model.StateSize);
        for (int i = 0; i < drawn.Sequences.Length; i++)
        {
            CheckSequence(drawn, i, null);
            CheckSequence(drawn, i, drawn.DrawState());
        }
    }

    /// <param name="drawn">The model.</param>
    /// <param name="sequence">Which of its sequences.</param>
    /// <param name="given">The state that it begins with, or null.</param>
    private static void CheckSequence(DrawnCase drawn, int sequence, float[]? given)
    {
        GeneratedStream stream = drawn.CreateStream();
        float[] outputs = given is null ? stream.Run(drawn.Sequences[sequence]) : stream.Run(drawn.Sequences[sequence], given);
        float[] stateAfter = stream.SaveState();

        string from = given is null ? "" : " from a given state";
        double[][] rows = drawn.Rows(drawn.Sequences[sequence]);
        double[] first = given is null ? [] : Array.ConvertAll(given, value => (double)value);
        IReadOnlyList<double[]> changeable = [first, .. drawn.Tensors.Read.Values, .. drawn.Model.Spec.ReadsTokens ? [] : rows];
        double[] Run(bool state)
        {
            double[][][] states = drawn.Interpreter.InitialState();
            int offset = 0;
            foreach (double[] values in given is null ? [] : states.SelectMany(layer => layer))
            {
                first.AsSpan(offset, values.Length).CopyTo(values);
                offset += values.Length;
            }

            double[][] results = drawn.Interpreter.Run(rows, states);
            return state ? Flat(states) : [.. results.SelectMany(row => row)];
        }

        void Check(string tensor, float[] actual, Func<double[]> compute)
        {
            double[] expected = compute();
            double magnitude = Math.Max(1, Agreement.Magnitude(expected));
            Rounding rounding = drawn.RoundingOf(changeable, magnitude);
            Agreement.Close(tensor, expected, actual, Tolerance * magnitude, () => rounding.Explains(compute));
        }

        Check($"outputs of sequence {sequence}{from}", outputs, () => Run(state: false));
        Check($"state after sequence {sequence}{from}", stateAfter, () => Run(state: true));
    }

    private static double[] Flat(double[][][] state) => [.. state.SelectMany(layer => layer).SelectMany(values => values)];
}
