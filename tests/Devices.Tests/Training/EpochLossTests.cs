using KeywordSpotter.Training;
using Seq.Embedded.Training;

namespace KeywordSpotter.Tests.Training;

public sealed class EpochLossTests
{
    private static readonly UpdateResult s_applied = new(1, Applied: true);
    private static readonly UpdateResult s_leftOut = new(double.NaN, Applied: false);

    [Fact]
    public void Mean_is_that_of_the_applied_batches()
    {
        var loss = new EpochLoss(0.1);
        loss.Add(1, s_applied);
        Assert.Null(loss.Describe());
        loss.Add(double.NaN, s_leftOut);
        loss.Add(2, s_applied);

        Assert.Equal(1.5, loss.GetMean());
        Assert.StartsWith("left out 1 of 3 batches", loss.Describe());
    }

    [Fact]
    public void Add_gives_up_after_ten_in_a_row()
    {
        var loss = new EpochLoss(0.1);
        for (int i = 0; i < 9; i++)
        {
            loss.Add(double.NaN, s_leftOut);
        }

        loss.Add(1, s_applied);
        for (int i = 0; i < 9; i++)
        {
            loss.Add(1, s_leftOut);
        }

        Assert.Contains("a lower --learning-rate than 0.1 may help", Assert.Throws<InputException>(() => loss.Add(1, s_leftOut)).Message);
    }

    [Fact]
    public void Mean_of_nothing_is_divergence()
    {
        var loss = new EpochLoss(0.1);
        loss.Add(double.NaN, s_leftOut);

        Assert.Throws<InputException>(() => loss.GetMean());
    }
}
