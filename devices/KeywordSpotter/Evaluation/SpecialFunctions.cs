namespace KeywordSpotter.Evaluation;

/// <summary>
/// The incomplete gamma and beta functions and their inverses, which are the quantiles of the gamma and the beta distribution. Right to about
/// 12 digits for arguments up to a thousand, and 9 for a million. All allocate nothing.
/// </summary>
internal static class SpecialFunctions
{
    private const double Tiny = 1e-300; // in place of 0 in a continued fraction
    private const double Precision = 1e-15;
    private const int MostTerms = 100_000;
    private const int MostHalvings = 200;

    // Lanczos, g = 7: Godfrey's coefficients, relative error below 1e-15.
    private static readonly double[] s_lanczos =
    [
        0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
        -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
    ];

    /// <summary>ln Gamma(x), x above 0.</summary>
    public static double LogGamma(double x)
    {
        if (x < 0.5)
        {
            return Math.Log(Math.PI / Math.Sin(Math.PI * x)) - LogGamma(1 - x);
        }

        double sum = s_lanczos[0];
        for (int i = 1; i < s_lanczos.Length; i++)
        {
            sum += s_lanczos[i] / (x - 1 + i);
        }

        double t = x + 6.5;
        return (0.5 * Math.Log(2 * Math.PI)) + ((x - 0.5) * Math.Log(t)) - t + Math.Log(sum);
    }

    /// <summary>P(a, x) = integral from 0 to x of t^(a-1) e^-t dt / Gamma(a): the distribution function of a gamma variable of shape a.</summary>
    /// <param name="a">Above 0.</param>
    /// <param name="x">0 or more.</param>
    public static double LowerGamma(double a, double x)
    {
        if (x <= 0)
        {
            return 0;
        }

        double scale = Math.Exp((a * Math.Log(x)) - x - LogGamma(a));
        if (x >= a + 1)
        {
            return 1 - (scale * UpperGammaFraction(a, x));
        }

        double term = 1 / a;
        double sum = term;
        for (int n = 1; n < MostTerms && term > sum * Precision; n++)
        {
            term *= x / (a + n);
            sum += term;
        }

        return scale * sum;
    }

    /// <summary>I_x(a, b): the distribution function of a beta variable.</summary>
    /// <param name="a">Above 0.</param>
    /// <param name="b">Above 0.</param>
    /// <param name="x">0 to 1.</param>
    public static double Beta(double a, double b, double x)
    {
        if (x is <= 0 or >= 1)
        {
            return x <= 0 ? 0 : 1;
        }

        // The fraction converges fast on one side of the mean; the other side is the same with a and b exchanged.
        double scale = Math.Exp(LogGamma(a + b) - LogGamma(a) - LogGamma(b) + (a * Math.Log(x)) + (b * LogOneMinus(x)));
        return x < (a + 1) / (a + b + 2)
            ? scale * BetaFraction(a, b, x) / a
            : 1 - (scale * BetaFraction(b, a, 1 - x) / b);
    }

    /// <summary>The x with P(a, x) = p.</summary>
    /// <param name="a">Above 0.</param>
    /// <param name="p">0 or more, below 1.</param>
    public static double InverseLowerGamma(double a, double p)
    {
        double high = a + 1;
        while (LowerGamma(a, high) < p)
        {
            high *= 2;
        }

        return Invert(x => LowerGamma(a, x), p, high);
    }

    /// <summary>The x with I_x(a, b) = p.</summary>
    /// <param name="a">Above 0.</param>
    /// <param name="b">Above 0.</param>
    /// <param name="p">0 to 1.</param>
    public static double InverseBeta(double a, double b, double p) => Invert(x => Beta(a, b, x), p, 1);

    /// <summary>Halves [0, high] until the place where a rising function reaches p is known to the last digit.</summary>
    private static double Invert(Func<double, double> rising, double p, double high)
    {
        double low = 0;
        for (int i = 0; i < MostHalvings; i++)
        {
            double middle = low + ((high - low) / 2);
            if (middle == low || middle == high)
            {
                break;
            }

            (low, high) = rising(middle) < p ? (middle, high) : (low, middle);
        }

        return high;
    }

    /// <summary>Gamma(a, x) / (x^a e^-x), by Lentz's method.</summary>
    private static double UpperGammaFraction(double a, double x)
    {
        double b = x + 1 - a;
        double c = 1 / Tiny;
        double d = 1 / b;
        double result = d;
        for (int n = 1; n < MostTerms; n++)
        {
            double numerator = -n * (n - a);
            b += 2;
            d = 1 / NotZero((numerator * d) + b);
            c = NotZero(b + (numerator / c));
            double factor = d * c;
            result *= factor;
            if (Math.Abs(factor - 1) < Precision)
            {
                break;
            }
        }

        return result;
    }

    /// <summary>The continued fraction of the incomplete beta function, by Lentz's method.</summary>
    private static double BetaFraction(double a, double b, double x)
    {
        double c = 1;
        double d = 1 / NotZero(1 - ((a + b) * x / (a + 1)));
        double result = d;
        for (int m = 1; m < MostTerms; m++)
        {
            double even = m * (b - m) * x / ((a + (2 * m) - 1) * (a + (2 * m)));
            d = 1 / NotZero(1 + (even * d));
            c = NotZero(1 + (even / c));
            result *= d * c;
            double odd = -(a + m) * (a + b + m) * x / ((a + (2 * m)) * (a + (2 * m) + 1));
            d = 1 / NotZero(1 + (odd * d));
            c = NotZero(1 + (odd / c));
            double factor = d * c;
            result *= factor;
            if (Math.Abs(factor - 1) < Precision)
            {
                break;
            }
        }

        return result;
    }

    /// <summary>ln(1 - x), exact for small x, too (Kahan's way).</summary>
    private static double LogOneMinus(double x) => 1 - x is var rest && rest == 1 ? -x : Math.Log(rest) * x / (1 - rest);

    private static double NotZero(double value) => Math.Abs(value) < Tiny ? Tiny : value;
}
