using System.Globalization;
using Seq.Embedded.Generator.Tests.Properties.Interpreting;
using Seq.Embedded.Training;

namespace Seq.Embedded.Generator.Tests.Properties.Checking;

/// <summary>Gradients of a random linear function of the outputs against central differences of the interpreter.</summary>
/// <remarks>
/// Allowed: 1e-5 of the largest gradient of the tensor, the project's tolerance of gradients, and 1e-9, by which the differences themselves
/// can err: by about the third derivative times the square of the step of 1e-5, and by the rounding of doubles divided by the step.
/// A step over the kink of a ReLU is not: what disagrees is measured again with smaller steps, and the best counts.
/// Every value of a tensor is checked, or so many drawn ones of a large tensor, and each tensor as a whole in a drawn direction.
/// </remarks>
internal static class GradientCheck
{
    private const double Tolerance = 1e-5;
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

        using SequenceTrainer trainer = model.CreateTrainer(new TrainerOptions { MaxBatch = sequences.Length, MaxSteps = model.Spec.Lengths.Max() });
        foreach (float[] inputs in sequences)
        {
            model.Add(trainer, inputs);
        }

        trainer.Forward(training: false);
        float[][] directions = new float[sequences.Length][];
        for (int i = 0; i < sequences.Length; i++)
        {
            directions[i] = [.. Enumerable.Range(0, trainer.GetOutputs(i).Length).Select(_ => (float)((2 * drawn.Random.NextDouble()) - 1))];
            directions[i].CopyTo(trainer.GetOutputGradients(i));
        }

        trainer.Backward();
        Dictionary<string, float[]> gradients = GeneratedModel.Gradients(trainer);
        double[][][] rows = [.. sequences.Select(drawn.Rows)];
        double Loss() => rows.Select((sequence, i) => drawn.Interpreter.Run(sequence)!.SelectMany(row => row).Zip(directions[i], (y, d) => y * d).Sum()).Sum();

        Assert.Equal(drawn.Tensors.Read.Keys.Order(), gradients.Keys.Order());
        foreach ((string name, double[] values) in drawn.Tensors.Read)
        {
            CheckTensor(drawn.Random, name, values, gradients[name], Loss);
        }
    }

    private static void CheckTensor(Random random, string name, double[] values, float[] gradients, Func<double> loss)
    {
        Assert.Equal(values.Length, gradients.Length);
        double allowed = (Tolerance * Agreement.Magnitude(gradients.Select(value => (double)value))) + DifferenceError;
        int[] order = [.. Enumerable.Range(0, values.Length)];
        random.Shuffle(order);
        foreach (int i in order.Take(ValuesOfATensor))
        {
            double[] along = new double[values.Length];
            along[i] = 1;
            CheckAlong($"gradient of {name}[{i}]", values, along, gradients[i], allowed, loss);
        }

        double[] direction = [.. values.Select(_ => (2 * random.NextDouble()) - 1)];
        double actual = direction.Zip(gradients, (d, g) => d * g).Sum();
        CheckAlong($"gradient of {name} along a direction", values, direction, actual, allowed * Math.Sqrt(values.Length), loss);
    }

    private static void CheckAlong(string name, double[] values, double[] direction, double actual, double allowed, Func<double> loss)
    {
        double expected = double.NaN;
        foreach (double step in Steps)
        {
            double difference = (LossAt(values, direction, step, loss) - LossAt(values, direction, -step, loss)) / (2 * step);
            expected = Math.Abs(difference - actual) < Math.Abs(expected - actual) || double.IsNaN(expected) ? difference : expected;
            if (Math.Abs(expected - actual) <= allowed)
            {
                return;
            }
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
}
