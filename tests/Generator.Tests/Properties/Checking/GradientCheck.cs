using System.Globalization;
using Seq.Embedded.Generator.Tests.Properties.Interpreting;
using Seq.Embedded.Training;

namespace Seq.Embedded.Generator.Tests.Properties.Checking;

/// <summary>Gradients of a random linear function of the outputs against central differences of the interpreter.</summary>
/// <remarks>
/// Allowed: 1e-5 of the largest gradient of the tensor, the project's tolerance of gradients; 2e-7 (three roundings of a float) of the largest of
/// the model, as the small gradient of one layer can be what large ones of the layer above leave when they cancel; and 1e-9, by which the
/// differences themselves can err: by about the third derivative times the square of the step of 1e-5, and by the rounding of doubles divided by the step.
/// A step over the kink of a ReLU is not: what disagrees is measured again with smaller steps, and the best counts. Beyond, what <see cref="Rounding"/> explains is allowed.
/// Every value of a tensor is checked, or so many drawn ones of a large tensor, and each tensor as a whole in a drawn direction.
/// </remarks>
internal static class GradientCheck
{
    private const double Tolerance = 1e-5;
    private const double ModelTolerance = 2e-7;
    private const double DifferenceError = 1e-9;
    private const int ValuesOfATensor = 60;

    private static readonly double[] Steps = [1e-5, 1e-6, 1e-7, 1e-8];

    public static void Check(DrawnCase drawn)
    {
        GeneratedModel model = drawn.Model;
        float[][] sequences = [.. drawn.Sequences.Where(inputs => inputs.Length > 0)];
        if (sequences.Length == 0)
        {
            return;
        }

        using SequenceTrainer trainer = model.CreateTrainer(new TrainerOptions { MaxBatch = sequences.Length, MaxSteps = drawn.MaxSteps });
        foreach (float[] inputs in sequences)
        {
            model.Add(trainer, inputs);
        }

        trainer.Forward(training: false);
        double[][] directions = new double[sequences.Length][];
        for (int i = 0; i < sequences.Length; i++)
        {
            float[] direction = [.. Enumerable.Range(0, trainer.GetOutputs(i).Length).Select(_ => (float)((2 * drawn.Random.NextDouble()) - 1))];
            direction.CopyTo(trainer.GetOutputGradients(i));
            directions[i] = Array.ConvertAll(direction, value => (double)value);
        }

        trainer.Backward();
        Dictionary<string, float[]> gradients = GeneratedModel.Gradients(trainer);
        double[][][] rows = [.. sequences.Select(drawn.Rows)];
        double Loss() => rows.Select((sequence, i) => drawn.Interpreter.Run(sequence).SelectMany(row => row).Zip(directions[i], (y, d) => y * d).Sum()).Sum();

        Assert.Equal(drawn.Tensors.Read.Keys.Order(), gradients.Keys.Order());
        IReadOnlyList<double[]> given = [.. drawn.Tensors.Read.Values, .. directions, .. model.Spec.ReadsTokens ? [] : rows.SelectMany(row => row)];
        double least = (ModelTolerance * Largest(gradients.Values.SelectMany(values => values))) + DifferenceError;
        foreach ((string name, double[] values) in drawn.Tensors.Read)
        {
            CheckTensor(name, values, gradients[name], (Tolerance * Largest(gradients[name])) + least, new Context(drawn.Random, Loss, drawn.RoundingOf(given, Largest(gradients[name]))));
        }
    }

    private static double Largest(IEnumerable<float> gradients) => Agreement.Magnitude(gradients.Select(value => (double)value));

    private static void CheckTensor(string name, double[] values, float[] gradients, double allowed, Context context)
    {
        Assert.Equal(values.Length, gradients.Length);
        int[] order = [.. Enumerable.Range(0, values.Length)];
        context.Random.Shuffle(order);
        foreach (int i in order.Take(ValuesOfATensor))
        {
            double[] along = new double[values.Length];
            along[i] = 1;
            CheckAlong($"gradient of {name}[{i}]", values, along, gradients[i], allowed, context);
        }

        double[] direction = [.. values.Select(_ => (2 * context.Random.NextDouble()) - 1)];
        double actual = direction.Zip(gradients, (d, g) => d * g).Sum();
        CheckAlong($"gradient of {name} along a direction", values, direction, actual, allowed * Math.Sqrt(values.Length), context);
    }

    private static void CheckAlong(string name, double[] values, double[] direction, double actual, double allowed, Context context)
    {
        double Difference(double step) => (LossAt(values, direction, step, context.Loss) - LossAt(values, direction, -step, context.Loss)) / (2 * step);
        if (Math.Abs(Difference(Steps[0]) - actual) <= allowed)
        {
            return;
        }

        double best = Steps.MinBy(step => Math.Abs(Difference(step) - actual)), expected = Difference(best);
        allowed += Math.Abs(expected - actual) <= allowed ? 0 : context.Rounding.Explains(() => [Difference(best)]).Single();
        if (Math.Abs(expected - actual) <= allowed)
        {
            return;
        }

        Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"{name}: expected {expected:R}, actual {actual:R}, allowed difference {allowed:G3}."));
    }

    private static double LossAt(double[] values, double[] direction, double step, Func<double> loss)
    {
        double[] kept = (double[])values.Clone();
        for (int i = 0; i < values.Length; i++)
        {
            values[i] += step * direction[i];
        }

        double result = loss();
        kept.CopyTo(values, 0);
        return result;
    }

    /// <param name="Random">Draws.</param>
    /// <param name="Loss">The linear function of the outputs.</param>
    /// <param name="Rounding">What rounding explains of the tensor's gradients.</param>
    private sealed record Context(Random Random, Func<double> Loss, Rounding Rounding);
}
