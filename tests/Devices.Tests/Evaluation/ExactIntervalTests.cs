using KeywordSpotter.Evaluation;

namespace KeywordSpotter.Tests.Evaluation;

public sealed class ExactIntervalTests
{
    /// <summary>Garwood's table of 1936 (95 %, two-sided), as statistics handbooks print it.</summary>
    [Theory]
    [InlineData(1, 0.0253, 5.572)]
    [InlineData(2, 0.242, 7.225)]
    [InlineData(3, 0.619, 8.767)]
    [InlineData(5, 1.623, 11.668)]
    [InlineData(10, 4.795, 18.390)]
    [InlineData(30, 20.241, 42.827)]
    [InlineData(50, 37.111, 65.919)]
    public void Rate_is_that_of_the_published_table(int events, double low, double high)
    {
        ExactInterval interval = ExactInterval.Rate(events, 1);

        Assert.Equal(low, interval.Low, 6e-4);
        Assert.Equal(high, interval.High, 6e-4);
        Assert.Equal(interval.High / 8, ExactInterval.Rate(events, 8).High, 1e-12);
    }

    /// <summary>Clopper and Pearson's intervals (95 %, two-sided), as handbooks print them.</summary>
    [Theory]
    [InlineData(1, 20, 0.0013, 0.2487)]
    [InlineData(5, 10, 0.1871, 0.8129)]
    [InlineData(10, 100, 0.0490, 0.1762)]
    [InlineData(2, 20, 0.0123, 0.3170)]
    [InlineData(81, 263, 0.2527, 0.3676)]
    public void Part_is_that_of_the_published_table(int count, int trials, double low, double high)
    {
        ExactInterval interval = ExactInterval.Part(count, trials);

        Assert.Equal(low, interval.Low, 1e-4);
        Assert.Equal(high, interval.High, 1e-4);
    }

    [Fact]
    public void Rate_of_none_is_two_sided_and_what_it_shows_one_sided()
    {
        Assert.Equal(0, ExactInterval.Rate(0, 30).Low);
        Assert.Equal(3.68888 / 30, ExactInterval.Rate(0, 30).High, 1e-6); // -ln 0.025
        Assert.Equal(0.0998577, ExactInterval.HighestRate(0, 30), 1e-6);
        Assert.Equal(4.74386, ExactInterval.HighestRate(1, 1), 1e-5); // chi-squared table: 9.48773 / 2
        Assert.Equal(10.51303, ExactInterval.HighestRate(5, 1), 1e-5); // 21.02607 / 2
    }

    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(237)]
    public void Part_of_none_or_all_has_half_of_its_error_at_the_only_end(int trials)
    {
        ExactInterval none = ExactInterval.Part(0, trials), all = ExactInterval.Part(trials, trials);

        Assert.Equal(0, none.Low);
        Assert.Equal(1 - Math.Pow(0.025, 1.0 / trials), none.High, 1e-12);
        Assert.Equal(1, all.High);
        Assert.Equal(Math.Pow(0.025, 1.0 / trials), all.Low, 1e-12);
    }

    /// <summary>What the ends mean, summed term by term: an independent formula.</summary>
    [Theory]
    [InlineData(1, 3)]
    [InlineData(4, 9)]
    [InlineData(3, 237)]
    [InlineData(100, 1017)]
    public void Part_ends_where_such_a_count_has_two_and_a_half_percent(int count, int trials)
    {
        ExactInterval interval = ExactInterval.Part(count, trials);

        Assert.Equal(0.025, Binomial(trials, interval.High, 0, count), 1e-9);
        Assert.Equal(0.025, Binomial(trials, interval.Low, count, trials), 1e-9);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(60)]
    [InlineData(400)]
    public void Rate_ends_where_such_a_count_has_two_and_a_half_percent(int events)
    {
        ExactInterval interval = ExactInterval.Rate(events, 1);

        Assert.Equal(0.025, Poisson(interval.High, events), 1e-9);
        Assert.Equal(0.975, Poisson(interval.Low, events - 1), 1e-9);
    }

    [Fact]
    public void Nothing_observed_leaves_everything_open()
    {
        Assert.Equal(new ExactInterval(0, double.PositiveInfinity), ExactInterval.Rate(0, 0));
        Assert.Equal(new ExactInterval(0, 1), ExactInterval.Part(0, 0));
        Assert.Equal("not known", ExactInterval.Rate(0, 0).ToRateText());
        Assert.Equal("0.0 - 0.123", ExactInterval.Rate(0, 30).ToRateText());
        Assert.Equal("4.9 - 17.6 %", ExactInterval.Part(10, 100).ToPercentText());
    }

    private static double Binomial(int trials, double p, int from, int to)
    {
        double sum = 0;
        for (int k = from; k <= to; k++)
        {
            double logChoices = 0;
            for (int i = 1; i <= k; i++)
            {
                logChoices += Math.Log((trials - k + i) / (double)i);
            }

            sum += Math.Exp(logChoices + (k * Math.Log(p)) + ((trials - k) * Math.Log(1 - p)));
        }

        return sum;
    }

    private static double Poisson(double mean, int most)
    {
        double sum = 0;
        double logTerm = -mean;
        for (int k = 0; k <= most; k++)
        {
            sum += Math.Exp(logTerm);
            logTerm += Math.Log(mean / (k + 1));
        }

        return sum;
    }
}
