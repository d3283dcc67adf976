namespace Seq.Embedded.Training;

/// <summary>Half a cosine, from 1 down to 0.</summary>
internal static class HalfCosine
{
    /// <summary>(1 + cos(pi x)) / 2 = sin(pi / 2 * (1 - x))^2, by the series of the sine: unlike Math.Cos, the same bits on every platform. Within 1e-15.</summary>
    /// <param name="x">0 to 1, where it is 0 exactly.</param>
    internal static double Fall(double x)
    {
        double angle = Math.PI / 2 * (1 - x), square = angle * angle, series = 1;

        // sin a = a (1 - a^2 / (2 * 3) (1 - a^2 / (4 * 5) (1 - ...))); from a^23 on the terms are below 2e-18.
        for (int n = 20; n > 0; n -= 2)
        {
            series = 1 - (square / (n * (n + 1)) * series);
        }

        double sine = angle * series;
        return sine * sine;
    }
}
