using System.Text.Json;
using Seq.Embedded.Tests.Weights;
using Seq.Embedded.Training;

namespace Seq.Embedded.Tests.Training;

/// <summary>Steps of optimisers, those of PyTorch in tests/Vectors/training.json among them.</summary>
internal static class OptimizerVectors
{
    /// <summary>Makes the steps of a vector and compares the parameters after each, and the moments after the last.</summary>
    internal static void Check(string what, JsonElement vector, OptimizerSettings settings)
    {
        float[] p = vector.GetFloats("initial");
        float[] m = new float[settings.Moments > 0 ? p.Length : 0], v = new float[settings.Moments > 1 ? p.Length : 0];
        double[] magnitude = new double[p.Length];
        double beta = settings switch { AdaptiveMomentSettings adam => adam.Beta1, SgdSettings sgd => sgd.Momentum, _ => 0 };
        int step = 0;
        foreach (JsonElement expected in vector.GetProperty("steps").EnumerateArray())
        {
            float[] g = expected.GetFloats("gradients");
            settings.Update(p, g, m, v, ++step, (float)expected.GetProperty("learningRate").GetDouble(), 1);
            UpdateMagnitude(magnitude, g, beta, settings is SgdSettings ? 1 : 1 - beta);
            AssertClose($"{what}, step {step}, parameters", expected.GetFloats("parameters"), p, 1e-6);
        }

        if (settings.Moments > 0)
        {
            AssertClose($"{what}, first moment", vector.GetFloats("firstMoment"), m, 1e-6, magnitude);
        }

        if (settings.Moments > 1)
        {
            AssertClose($"{what}, second moment", vector.GetFloats("secondMoment"), v, 1e-6);
        }
    }

    /// <summary>An element is updated to the same bits alone and among others, whatever vector it falls into.</summary>
    internal static void AssertPlaceDoesNotMatter(OptimizerSettings settings)
    {
        const int Length = 67, Steps = 3;
        CounterRandom random = new(3, 0);
        float[] p = new float[Length], g = new float[Length], single = new float[Length];
        for (int i = 0; i < Length; i++)
        {
            p[i] = random.GetGaussian((ulong)i);
            g[i] = random.GetGaussian((ulong)i + 100);
            single[i] = Run([p[i]], [g[i]])[0];
        }

        Assert.Equal(single, Run(p, g));

        float[] Run(float[] parameters, float[] gradients)
        {
            float[] m = new float[settings.Moments > 0 ? parameters.Length : 0], v = new float[settings.Moments > 1 ? parameters.Length : 0];
            for (int step = 1; step <= Steps; step++)
            {
                settings.Update(parameters, gradients, m, v, step, 0.01f, 0.5f);
            }

            return parameters;
        }
    }

    /// <summary>Zero parameters, gradients and moments stay zero, and a rate of zero keeps the parameters.</summary>
    internal static void AssertPaddingStaysZero(OptimizerSettings settings)
    {
        float[] padding = new float[33], m = new float[settings.Moments > 0 ? 33 : 0], v = new float[settings.Moments > 1 ? 33 : 0];
        settings.Update(padding, new float[33], m, v, 1, 0.1f, 1);
        Assert.All(padding, value => Assert.Equal(0, value));

        padding.AsSpan().Fill(-2);
        settings.Update(padding, Enumerable.Repeat(3f, 33).ToArray(), m, v, 2, 0, 1);
        Assert.All(padding, value => Assert.Equal(-2, value));
    }

    /// <summary>The first moment of absolute gradients: what the rounding error of a moment whose terms cancel is relative to.</summary>
    internal static void UpdateMagnitude(double[] magnitude, float[] gradients, double keep, double take)
    {
        for (int i = 0; i < magnitude.Length; i++)
        {
            magnitude[i] = (keep * magnitude[i]) + (take * Math.Abs(gradients[i]));
        }
    }

    internal static void AssertClose(string what, float[] expected, float[] actual, double tolerance, double[]? scales = null) =>
        AssertClose(what, Array.ConvertAll(expected, value => (double)value), actual, tolerance, scales);

    /// <summary>Differences relative to the scale of each element, if that is more than its value; without scales, to its value or 1e-3 if that is more.</summary>
    internal static void AssertClose(string what, double[] expected, float[] actual, double tolerance, double[]? scales = null)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            double scale = Math.Max(Math.Abs(expected[i]), scales?[i] ?? 1e-3);
            double difference = Math.Abs(expected[i] - actual[i]);
            Assert.True(difference <= tolerance * scale, $"{what}[{i}]: expected {expected[i]}, actual {actual[i]}, relative difference {difference / scale}");
        }
    }
}
