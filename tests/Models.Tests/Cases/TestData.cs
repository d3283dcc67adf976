namespace Seq.Embedded.Models.Tests.Cases;

/// <summary>Seeded test data.</summary>
internal static class TestData
{
    /// <summary>Values of about the distribution of normalised features: mean 0, most within +-2.</summary>
    public static float[] Values(int count, int seed)
    {
        Random random = new(seed);
        float[] values = new float[count];
        foreach (ref float value in values.AsSpan())
        {
            value = (float)((random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5) * 2);
        }

        return values;
    }

    /// <summary>One input sequence per length.</summary>
    public static float[][] Sequences(ModelCase model, int seed, params int[] lengths) =>
        [.. lengths.Select((length, i) => Values(length * model.Input, (1000 * seed) + i))];
}
