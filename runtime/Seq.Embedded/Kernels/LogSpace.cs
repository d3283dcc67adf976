namespace Seq.Embedded.Kernels;

/// <summary>Probabilities as natural logarithms, in double precision: products of thousands of them do not underflow.</summary>
internal static class LogSpace
{
    /// <summary>ln 0.</summary>
    internal const double Zero = double.NegativeInfinity;

    /// <summary>The smallest normal float: a posterior that rounds to zero costs 87.3 nats, not infinity.</summary>
    internal const float SmallestPosterior = 1.17549435e-38f;

    /// <summary>ln max(p, 1.17549435e-38). NaN gives NaN.</summary>
    internal static double Log(float posterior) => Math.Log(Math.Max(posterior, SmallestPosterior));

    /// <summary>ln(e^a + e^b). NaN gives NaN.</summary>
    internal static double Add(double a, double b)
    {
        if (a == Zero)
        {
            return b;
        }

        return b == Zero ? a : Math.Max(a, b) + Math.Log(1 + Math.Exp(-Math.Abs(a - b)));
    }
}
