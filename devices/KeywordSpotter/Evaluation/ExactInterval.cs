using System.Globalization;

namespace KeywordSpotter.Evaluation;

/// <summary>
/// What a count leaves open about the rate behind it, with 95 % confidence, exactly: the rates at which a count so far off has a probability of 2.5 %
/// at each end: none in H hours means below 3.7 / H. (What is shown by a count, to one side only, is <see cref="HighestRate"/>: 3.0 / H.)
/// </summary>
/// <param name="Low">The lowest rate.</param>
/// <param name="High">The highest rate; infinite where nothing was observed.</param>
internal readonly record struct ExactInterval(double Low, double High)
{
    /// <summary>Chance that the rate lies outside.</summary>
    public const double Error = 0.05;

    /// <summary>What it is called in reports.</summary>
    public const string Name = "95 % intervals, exact (Clopper-Pearson for parts, Garwood for rates): at most 2.5 % beyond each end";

    /// <summary>Events per hour (Garwood): gamma quantiles of shape k and k + 1, divided by the hours.</summary>
    /// <param name="events">How many were observed; 0 or more.</param>
    /// <param name="hours">In how much time; 0 gives 0 to infinity.</param>
    public static ExactInterval Rate(int events, double hours)
    {
        if (!(hours > 0))
        {
            return new ExactInterval(0, double.PositiveInfinity);
        }

        return new ExactInterval(
            events == 0 ? 0 : SpecialFunctions.InverseLowerGamma(events, Error / 2) / hours, SpecialFunctions.InverseLowerGamma(events + 1, 1 - (Error / 2)) / hours);
    }

    /// <summary>The rate, in events per hour, that so many events are below with 95 % confidence: all of the 5 % above.</summary>
    /// <param name="events">How many were observed; 0 or more.</param>
    /// <param name="hours">In how much time; above 0.</param>
    public static double HighestRate(int events, double hours) => SpecialFunctions.InverseLowerGamma(events + 1, 1 - Error) / hours;

    /// <summary>Hours in which no more than so many events prove, with 95 % confidence, that there are fewer than a rate per hour: 3.0 / rate for none.</summary>
    public static double HoursToShow(int events, double rate) => HighestRate(events, rate);

    /// <summary>Part of the trials (Clopper-Pearson): beta quantiles of shape (k, n - k + 1) and (k + 1, n - k).</summary>
    /// <param name="count">How many of the trials; 0 to <paramref name="trials"/>.</param>
    /// <param name="trials">How many there were; 0 gives 0 to 1.</param>
    public static ExactInterval Part(int count, int trials)
    {
        if (trials == 0)
        {
            return new ExactInterval(0, 1);
        }

        return new ExactInterval(
            count == 0 ? 0 : SpecialFunctions.InverseBeta(count, trials - count + 1, Error / 2),
            count == trials ? 1 : SpecialFunctions.InverseBeta(count + 1, trials - count, 1 - (Error / 2)));
    }

    /// <summary>As rates per hour: 0.02 - 0.31.</summary>
    public string ToRateText() => double.IsInfinity(High) ? "not known" : string.Create(CultureInfo.InvariantCulture, $"{Short(Low)} - {Short(High)}");

    /// <summary>As parts in percent: 0.4 - 3.1 %.</summary>
    public string ToPercentText() => string.Create(CultureInfo.InvariantCulture, $"{100 * Low:0.0} - {100 * High:0.0} %");

    /// <summary>A rate with as many digits as say something.</summary>
    public static string Short(double rate) => rate.ToString(rate is > 0 and < 0.995 ? "0.00#" : rate < 99.5 ? "0.0" : "0", CultureInfo.InvariantCulture);
}
