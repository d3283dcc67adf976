using Seq.Embedded.Kernels;

namespace Seq.Embedded.Tests.Kernels;

/// <summary>Lookups of columns against the products with one-hot vectors.</summary>
public class PanelGatherTests
{
    private const int FirstSlot = 1;

    [Fact]
    public void Gather_and_its_gradient_have_the_bits_of_the_products_with_one_hot_vectors()
    {
        Random random = new(6);
        for (int i = 0; i < 60; i++)
        {
            int rows = random.Next(0, 50), columns = random.Next(1, 30), units = random.Next(1, 70), vectors = random.Next(1, 7), slots = vectors + 2;
            int[] tokens = [.. Enumerable.Range(0, rows).Select(_ => random.Next(columns))];
            float[] oneHot = new float[rows * columns], panel = KernelTestData.Random(Panel.Size(units, columns, vectors), i);
            for (int row = 0; row < rows; row++)
            {
                oneHot[(row * columns) + tokens[row]] = 1;
            }

            float[] expected = KernelTestData.Random(rows * slots * Panel.Padded(units), 100 + i), actual = [.. expected], delta = [.. expected];
            PanelProduct.Multiply(oneHot, rows, columns, panel, units, columns, vectors, expected, slots, FirstSlot, accumulated: 0);
            PanelProduct.Gather(tokens, rows, panel, units, columns, vectors, actual, slots, FirstSlot);
            Assert.Equal(expected, actual);

            float[] expectedGradient = [.. panel], gradient = [.. panel];
            PanelProduct.AccumulateOuter(oneHot, rows, columns, delta, slots, FirstSlot, expectedGradient, units, columns, vectors);
            PanelProduct.AccumulateColumns(tokens, rows, delta, slots, FirstSlot, gradient, units, columns, vectors);
            Assert.Equal(expectedGradient, gradient);
        }
    }

    [Fact]
    public void AccumulateColumns_without_a_bias_leaves_its_gradient()
    {
        float[] gradient = new float[Panel.Size(16, 3, 1)], delta = KernelTestData.Random(32, 1), weights = new float[48], bias = new float[16];
        PanelProduct.AccumulateColumns([2, 0], 2, delta, 1, 0, gradient, 16, 3, 1, bias: false);
        Panel.Unpack(gradient, [0], 16, 3, weights, bias);
        Assert.All(bias, value => Assert.Equal(0, value));
        for (int unit = 0; unit < 16; unit++)
        {
            Assert.Equal([delta[16 + unit], 0, delta[unit]], weights.AsSpan(3 * unit, 3).ToArray());
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public void Gather_refuses_a_token_that_is_no_column(int token)
    {
        float[] panel = new float[Panel.Size(4, 3, 1)], rows = new float[32];
        ArgumentOutOfRangeException e = Assert.Throws<ArgumentOutOfRangeException>(() => PanelProduct.Gather([0, token], 2, panel, 4, 3, 1, rows, 1, 0));
        Assert.Equal(token, e.ActualValue);
        Assert.Contains("The token at 1 must be 0 to 2", e.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => PanelProduct.AccumulateColumns([0, token], 2, rows, 1, 0, panel, 4, 3, 1));
        Assert.Throws<ArgumentException>(() => PanelProduct.Gather([0], 2, panel, 4, 3, 1, rows, 1, 0));
    }
}
