using Seq.Embedded.Training;

namespace Seq.Embedded.Tests.Training;

public class WeightedRowsTests
{
    [Fact]
    public void Sum_weighs_losses_and_gradients_and_does_not_read_rows_of_weight_0()
    {
        float[] gradients = [9, 9, 9, 9, 9, 9];

        double loss = WeightedRows.Sum(
            MeanSquaredError.Compute, 2, [1, 2, float.NaN, 0, 5, 5], [0, 0, 0, float.NaN, 4, 5], [2, 0, 0.5f], 10, gradients);

        Assert.Equal((2 * 2.5) + (0.5 * 0.5), loss, 1e-12);
        Assert.Equal([20f, 40f, 0f, 0f, 5f, 0f], gradients);
    }

    [Fact]
    public void Check_allows_none_or_one_weight_a_row()
    {
        WeightedRows.Check([], 3);
        WeightedRows.Check([0, 1, 2.5f], 3);

        Assert.Throws<ArgumentException>(() => WeightedRows.Check([1], 3));
        foreach (float wrong in new[] { -0.1f, float.NaN, float.PositiveInfinity })
        {
            ArgumentOutOfRangeException e = Assert.Throws<ArgumentOutOfRangeException>(() => WeightedRows.Check([1, wrong], 2));
            Assert.Contains("The weight of row 1 must be 0 or more, and finite.", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Sum_allocates_nothing()
    {
        float[] outputs = [0.25f, 0.5f, 0.75f, 0.1f], targets = [0, 1, 0, 1], weights = [1, 2], gradients = new float[4];

        LossAssert.AllocatesNothing(() => WeightedRows.Sum(BinaryCrossEntropy.Compute, 2, outputs, targets, weights, 1, gradients));
        LossAssert.AllocatesNothing(() => WeightedRows.Sum(MeanSquaredError.Compute, 2, outputs, targets, default, 1, gradients));
    }
}
