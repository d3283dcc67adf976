using Seq.Embedded.Training;

namespace Seq.Embedded.Tests.Training;

public class EarlyStoppingTests
{
    [Fact]
    public void Add_a_loss_that_stops_falling_stops_after_the_patience()
    {
        EarlyStopping stopping = new(patience: 2, leastImprovement: 0.1);
        Assert.Equal((0, double.PositiveInfinity, -1, false), (stopping.Count, stopping.Best, stopping.BestIndex, stopping.ShouldStop));

        // 0.95 is better than 1, but not by enough.
        double[] figures = [2, 1, 0.95, 0.8, double.NaN, 0.75];
        bool[] improved = Array.ConvertAll(figures, stopping.Add);

        Assert.Equal([true, true, false, true, false, false], improved);
        Assert.Equal((6, 0.8, 3, 2), (stopping.Count, stopping.Best, stopping.BestIndex, stopping.SinceBest));
        Assert.True(stopping.ShouldStop);
        Assert.True(stopping.Add(0.1));
        Assert.False(stopping.ShouldStop);
    }

    [Fact]
    public void Add_an_accuracy_improves_upwards()
    {
        EarlyStopping stopping = new(1, higherIsBetter: true);

        Assert.Equal([true, true, false], Array.ConvertAll([0.5, 0.6, 0.6], stopping.Add));
        Assert.True(stopping.ShouldStop);
    }

    [Fact]
    public void Add_figures_that_are_no_numbers_stop_too()
    {
        EarlyStopping stopping = new(2);

        Assert.Equal([false, false], Array.ConvertAll([double.NaN, double.PositiveInfinity], stopping.Add));
        Assert.Equal(-1, stopping.BestIndex);
        Assert.True(stopping.ShouldStop);
        LossAssert.AllocatesNothing(() => stopping.Add(1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public void RestoreState_goes_on_as_if_nothing_had_happened(int seen)
    {
        double[] figures = [0.1 + 0.2, 0.7, 1.0 / 3, 0.9, 0.1, 0.3, 0.2];
        EarlyStopping one = new(3), other = new(3);
        foreach (double figure in figures[..seen])
        {
            one.Add(figure);
        }

        other.RestoreState(one.SaveState());

        Assert.Equal((one.Count, one.Best, one.BestIndex), (other.Count, other.Best, other.BestIndex));
        foreach (double figure in figures[seen..])
        {
            Assert.Equal(one.Add(figure), other.Add(figure));
            Assert.Equal(one.ShouldStop, other.ShouldStop);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("3 1")]
    [InlineData("3 3 0.5")]
    [InlineData("-1 0 0.5")]
    [InlineData("3 -2 0.5")]
    [InlineData("3 1 NaN")]
    [InlineData("3 1 0,5")]
    [InlineData("3 -1 0.5")]
    public void RestoreState_another_text_is_refused_and_changes_nothing(string state)
    {
        EarlyStopping stopping = new(3);
        stopping.Add(0.25);

        Assert.Contains($"'{state}'", Assert.Throws<FormatException>(() => stopping.RestoreState(state)).Message, StringComparison.Ordinal);

        Assert.Equal((1, 0.25, 0), (stopping.Count, stopping.Best, stopping.BestIndex));
    }

    [Fact]
    public void Constructor_values_out_of_range_are_refused_by_name()
    {
        Assert.Equal("patience", Assert.Throws<ArgumentOutOfRangeException>(() => _ = new EarlyStopping(0)).ParamName);
        Assert.Equal("leastImprovement", Assert.Throws<ArgumentOutOfRangeException>(() => _ = new EarlyStopping(1, -1)).ParamName);
        Assert.Equal("leastImprovement", Assert.Throws<ArgumentOutOfRangeException>(() => _ = new EarlyStopping(1, double.NaN)).ParamName);
    }
}
