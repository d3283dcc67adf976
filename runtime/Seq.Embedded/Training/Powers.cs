namespace Seq.Embedded.Training;

/// <summary>Whole powers.</summary>
internal static class Powers
{
    /// <summary>x to the power n, 0 or more, by repeated squaring: unlike Math.Pow, the same bits on every platform.</summary>
    internal static double Raise(double x, int n)
    {
        double power = 1;
        for (; n > 0; n >>= 1, x *= x)
        {
            if ((n & 1) != 0)
            {
                power *= x;
            }
        }

        return power;
    }
}
