namespace Seq.Embedded.Kernels;

/// <summary>Which time steps of a stream a layer with a stride is computed at: 0, stride, 2 * stride, ...</summary>
public static class Strides
{
    /// <summary>How many of those steps lie before a time step: ceil(step / stride).</summary>
    public static int Before(int step, int stride) => (int)((step + (stride - 1L)) / stride);

    /// <summary>How many of those steps lie among the <paramref name="count"/> time steps from <paramref name="first"/> on.</summary>
    public static int Count(int first, int count, int stride) => (int)((first + (long)count + (stride - 1)) / stride) - Before(first, stride);

    /// <summary>The time step within a stride that a snapshot holds.</summary>
    /// <exception cref="ArgumentException">The value is not a whole number of 0 to stride - 1.</exception>
    public static int Phase(float value, int stride)
    {
        if (!(value >= 0 && value < stride && MathF.Truncate(value) == value))
        {
            throw new ArgumentException(
                string.Create(System.Globalization.CultureInfo.InvariantCulture, $"snapshot ends in {value}, the time step within the stride; allowed: 0 to {stride - 1}, whole."), "snapshot");
        }

        return (int)value;
    }
}
