using Seq.Embedded.Kernels;
using Seq.Embedded.Testing;

namespace Seq.Embedded.Tests.Kernels;

public class Int8PanelProductTests
{
    [Fact]
    public void Multiply_and_Gather_have_the_bits_of_the_formula_for_every_shape()
    {
        foreach (int vectors in new[] { 1, 2, 3, 4, 7 })
        {
            foreach (int units in new[] { 1, 16, 19, 37 })
            {
                foreach (int columns in new[] { 1, 3, 4, 7, 31, 33, 64, 130 })
                {
                    Int8PanelProductCase shape = new(rows: (columns + units) % 5, columns, units, vectors);
                    shape.CheckMultiply(accumulated: (units + columns) % (vectors + 1));
                    shape.CheckGather();
                }
            }
        }
    }

    /// <summary>The form for processors without instructions for bytes, in a process that must not use any.</summary>
    [Fact]
    public void Multiply_and_Gather_have_the_same_bits_in_plain_vectors()
    {
        if (Environment.GetEnvironmentVariable("DOTNET_EnableHWIntrinsic") == "0")
        {
            Assert.False(Int8Multiply.IsSupported);
            return;
        }

        string[] tests = [nameof(Multiply_and_Gather_have_the_same_bits_in_plain_vectors), nameof(Multiply_and_Gather_have_the_bits_of_the_formula_for_every_shape), nameof(Multiply_has_them_for_every_number_of_rows)];
        TestProcess.Run(typeof(Int8PanelProductTests), tests, ("DOTNET_EnableHWIntrinsic", "0"));
    }

    [Fact]
    public void Multiply_has_them_for_every_number_of_rows()
    {
        for (int rows = 0; rows <= 20; rows++)
        {
            Int8PanelProductCase shape = new(rows, columns: 10, units: 20, vectors: 3);
            shape.CheckMultiply(accumulated: 2);
            shape.CheckGather();
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(20)]
    public void Multiply_has_them_for_rows_that_overlap_or_touch(int stride) =>
        new Int8PanelProductCase(rows: 19, columns: 20, units: 17, vectors: 2, stride).CheckMultiply(accumulated: 0);

    [Fact]
    public void Multiply_sums_the_largest_bytes_of_the_most_columns_exactly() =>
        new Int8PanelProductCase(rows: 1, columns: 65_536, units: 3, vectors: 1, extreme: true).CheckMultiply(accumulated: 0);

    [Theory]
    [InlineData(0f)]
    [InlineData(1e-31f)]
    [InlineData(float.Epsilon)]
    [InlineData(1e-29f)]
    [InlineData(1e30f)]
    public void Multiply_rows_of_any_magnitude(float magnitude)
    {
        Int8PanelProductCase shape = new(rows: 3, columns: 21, units: 17, vectors: 3);
        for (int i = 0; i < shape.X.Length; i++)
        {
            shape.X[i] *= magnitude;
        }

        shape.CheckMultiply(accumulated: 1);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Multiply_a_value_that_is_no_number_shows_in_its_row_and_in_no_other(float value)
    {
        const int Rows = 12, Columns = 21;
        for (int column = 0; column < Columns; column++)
        {
            Int8PanelProductCase shape = new(Rows, Columns, units: 17, vectors: 3);
            float[] old = shape.Slots(seed: 9), expected = shape.Multiply(old, accumulated: 0);
            int at = column % Rows;
            shape.X[(at * (Columns + 3)) + column] = value;
            float[] actual = shape.Multiply(old, accumulated: 0);
            Assert.All(shape.Row(actual, at), sum => Assert.True(float.IsNaN(sum), $"{value} in column {column}: {sum}"));
            for (int row = 0; row < Rows; row++)
            {
                Assert.True(row == at || shape.Row(expected, row).SequenceEqual(shape.Row(actual, row)), $"{value} in row {at} shows in row {row}");
            }
        }
    }

    [Fact]
    public void Multiply_and_Gather_allocate_nothing()
    {
        float[] x = KernelTestData.Random(3 * 10, 1), panel = new float[Int8Panel.Size(20, 10, 2)], slots = new float[3 * 2 * 32], work = new float[Int8PanelProduct.WorkFloats(10)];
        int[] tokens = [1, 9, 0];
        KernelTestData.AssertAllocatesNothing(() =>
        {
            Int8PanelProduct.Multiply(x, 3, 10, panel, 20, 10, 2, slots, 2, 0, 0, work);
            Int8PanelProduct.Gather(tokens, 3, panel, 20, 10, 2, slots, 2, 0);
        });
    }

    [Fact]
    public void Multiply_wrong_sizes_throw()
    {
        float[] x = new float[20], panel = new float[Int8Panel.Size(16, 10, 1)], slots = new float[32], work = new float[Int8PanelProduct.WorkFloats(10)];
        void Multiply(int rows = 2, int stride = 10, int panelFloats = 0, int slotCount = 1, int firstSlot = 0, int accumulated = 0, int workFloats = 0) =>
            Int8PanelProduct.Multiply(x, rows, stride, panel.AsSpan(panelFloats), 16, 10, 1, slots, slotCount, firstSlot, accumulated, work.AsSpan(workFloats));

        Multiply();
        Assert.Throws<ArgumentOutOfRangeException>(() => Multiply(rows: -1));
        Assert.Throws<ArgumentException>(() => Multiply(rows: 3));
        Assert.Throws<ArgumentException>(() => Multiply(stride: 11));
        Assert.Throws<ArgumentException>(() => Multiply(stride: 0));
        Assert.Throws<ArgumentException>(() => Multiply(panelFloats: 1));
        Assert.Throws<ArgumentException>(() => Multiply(slotCount: 2));
        Assert.Throws<ArgumentException>(() => Multiply(firstSlot: 1));
        Assert.Throws<ArgumentException>(() => Multiply(accumulated: 2));
        Assert.Throws<ArgumentException>(() => Multiply(workFloats: 1));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public void Gather_refuses_a_token_that_is_no_column(int token)
    {
        float[] panel = new float[Int8Panel.Size(4, 3, 1)], rows = new float[32];
        ArgumentOutOfRangeException e = Assert.Throws<ArgumentOutOfRangeException>(() => Int8PanelProduct.Gather([0, token], 2, panel, 4, 3, 1, rows, 1, 0));
        Assert.Equal(token, e.ActualValue);
        Assert.Contains("The token at 1 must be 0 to 2", e.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Int8PanelProduct.Gather([0], 2, panel, 4, 3, 1, rows, 1, 0));
    }
}
