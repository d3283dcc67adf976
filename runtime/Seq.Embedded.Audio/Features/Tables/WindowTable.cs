namespace Seq.Embedded.Audio.Tables;

/// <summary>The values of windows, in double precision. Compiled into the library and into the generator.</summary>
internal static class WindowTable
{
    /// <param name="shape">Which window.</param>
    /// <param name="length">Samples.</param>
    /// <param name="scale">Multiplies every value: what a sample of 1 counts.</param>
    public static float[] Create(WindowFunction shape, int length, double scale = 1)
    {
        float[] window = new float[length];
        for (int j = 0; j < length; j++)
        {
            window[j] = (float)(scale * Value(shape, j, length));
        }

        return window;
    }

    private static double Value(WindowFunction shape, int j, int length) => shape switch
    {
        WindowFunction.Hann => 0.5 - 0.5 * Math.Cos(2 * Math.PI * j / (length - 1)),
        WindowFunction.PeriodicHann => 0.5 - 0.5 * Math.Cos(2 * Math.PI * j / length),
        WindowFunction.Hamming => 0.54 - 0.46 * Math.Cos(2 * Math.PI * j / (length - 1)),
        WindowFunction.PeriodicHamming => 0.54 - 0.46 * Math.Cos(2 * Math.PI * j / length),
        WindowFunction.Povey => Math.Pow(0.5 - 0.5 * Math.Cos(2 * Math.PI * j / (length - 1)), 0.85),
        WindowFunction.Blackman => 0.42 - 0.5 * Math.Cos(2 * Math.PI * j / (length - 1)) + 0.08 * Math.Cos(4 * Math.PI * j / (length - 1)),
        _ => 1,
    };
}
