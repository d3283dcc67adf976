using Devices;

namespace SpokenWords.Tests.Training;

public sealed class LeftOutBatchesTests
{
    [Fact]
    public void Add_counts_in_an_epoch_and_fails_after_ten_in_a_row()
    {
        var leftOut = new LeftOutBatches();
        leftOut.BeginEpoch();
        for (int i = 0; i < 9; i++)
        {
            leftOut.Add(isApplied: false, 1, 0.5);
        }

        leftOut.Add(isApplied: true, 1, 0.5);
        Assert.Equal(9, leftOut.Count);
        for (int i = 0; i < 9; i++)
        {
            leftOut.Add(isApplied: false, 1, 0.5);
        }

        leftOut.BeginEpoch();
        Assert.Equal(0, leftOut.Count);
        string message = Assert.Throws<InputException>(() => leftOut.Add(isApplied: false, 2, 0.5)).Message;
        Assert.Equal("training diverged in epoch 2: the loss is no number; a lower --learning-rate than 0.5 may help", message);
    }

    [Theory]
    [InlineData(1, "1 batch was left out")]
    [InlineData(3, "3 batches were left out")]
    public void Describe_says_how_many(int count, string start) => Assert.StartsWith(start, LeftOutBatches.Describe(count));
}
