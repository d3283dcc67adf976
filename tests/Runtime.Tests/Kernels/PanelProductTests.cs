using Seq.Embedded.Kernels;

namespace Seq.Embedded.Tests.Kernels;

/// <summary>The three products against scalar loops over unpacked matrices, on fixed and on random shapes.</summary>
public class PanelProductTests
{
    public static TheoryData<int, int, int, int> Shapes => new()
    {
        { 48, 80, 48, 1 }, { 50, 64, 64, 3 }, { 49, 64, 64, 4 }, { 97, 17, 37, 8 }, { 1, 64, 5, 1 }, { 3, 7, 24, 2 }, { 6, 33, 16, 3 }, { 33, 128, 40, 3 }, { 0, 4, 4, 1 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Multiply_has_the_bits_of_the_stated_sum_order(int rows, int columns, int units, int vectors)
    {
        for (int accumulated = 0; accumulated <= vectors; accumulated++)
        {
            new PanelProductCase(rows, columns, units, vectors).CheckMultiply(accumulated);
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void MultiplyTransposed_has_the_bits_of_a_loop_over_vectors_and_units(int rows, int columns, int units, int vectors) =>
        new PanelProductCase(rows, columns, units, vectors).CheckMultiplyTransposed();

    [Theory]
    [MemberData(nameof(Shapes))]
    public void AccumulateOuter_has_the_bits_of_a_loop_over_rows(int rows, int columns, int units, int vectors) =>
        new PanelProductCase(rows, columns, units, vectors).CheckAccumulateOuter();

    [Fact]
    public void All_small_shapes_are_right()
    {
        for (int vectors = 1; vectors <= 8; vectors++)
        {
            for (int columns = 1; columns <= 9; columns++)
            {
                for (int rows = 1; rows <= 7; rows++)
                {
                    PanelProductCase shape = new(rows, columns, 1 + (rows * 7 + columns * 11) % 40, vectors);
                    shape.CheckMultiply(accumulated: (rows + columns) % (vectors + 1));
                    shape.CheckMultiplyTransposed();
                    shape.CheckAccumulateOuter();
                }
            }
        }
    }

    [Fact]
    public void Random_shapes_are_right()
    {
        Random random = new(5);
        for (int i = 0; i < 60; i++)
        {
            int vectors = random.Next(1, 10);
            PanelProductCase shape = new(random.Next(1, 150), random.Next(1, 90), random.Next(1, 70), vectors);
            shape.CheckMultiply(random.Next(vectors + 1));
            shape.CheckMultiplyTransposed();
            shape.CheckAccumulateOuter();
        }
    }

    [Fact]
    public void Multiply_NaN_in_unread_memory_does_not_spread()
    {
        // The old value of a vector that is not accumulated may be anything.
        float[] panel = new float[Panel.Size(16, 1, 1)];
        Panel.Pack(new float[16], Enumerable.Repeat(2f, 16).ToArray(), [0], 16, 1, panel);
        float[] destination = new float[16];
        destination.AsSpan().Fill(float.NaN);
        PanelProduct.Multiply([1], 1, 1, panel, 16, 1, 1, destination, 1, 0, 0);
        Assert.All(destination, value => Assert.Equal(2f, value));
    }

    [Fact]
    public void Products_allocate_nothing()
    {
        float[] x = new float[3 * 5], panel = new float[Panel.Size(20, 5, 3)], slots = new float[3 * 4 * 32], transposed = new float[PanelProduct.TransposedSize(20, 5, 3)];
        KernelTestData.AssertAllocatesNothing(() =>
        {
            PanelProduct.Multiply(x, 3, 5, panel, 20, 5, 3, slots, 4, 1, 2);
            PanelProduct.Transpose(panel, 20, 5, 3, transposed);
            PanelProduct.MultiplyTransposed(slots, 3, 4, 1, transposed, 20, 5, 3, x, 5);
            PanelProduct.AccumulateOuter(x, 3, 5, slots, 4, 1, panel, 20, 5, 3);
        });
    }

    [Theory]
    [InlineData(14, 5, 96, 96, 2, 0, 0, "x has 14 floats; 3 rows of 5, 5 apart, take 15.")]
    [InlineData(15, 5, 95, 96, 2, 0, 0, "The panel has 95 floats; 1 vectors of 10 units and 5 columns take 96.")]
    [InlineData(15, 5, 97, 96, 2, 0, 0, "The panel has 97 floats; 1 vectors of 10 units and 5 columns take 96.")]
    [InlineData(15, 5, 96, 95, 2, 0, 0, "The slots have 95 floats; 3 rows of 2 slots of 16 units take 96.")]
    [InlineData(15, 5, 96, 96, 2, 2, 0, "Slots 2 to 2 are asked for; a row has slots 0 to 1.")]
    [InlineData(15, 5, 96, 96, 2, -1, 0, "Slots -1 to -1 are asked for; a row has slots 0 to 1.")]
    [InlineData(15, 5, 96, 96, 2, 0, 2, "2 vectors are to be accumulated; allowed are 0 to 1.")]
    [InlineData(15, 5, 96, 96, 2, 0, -1, "-1 vectors are to be accumulated; allowed are 0 to 1.")]
    public void Products_wrong_argument_names_found_and_allowed(
        int x, int stride, int panel, int slotsLength, int slots, int firstSlot, int accumulated, string message)
    {
        float[] xs = new float[x], ps = new float[panel], ss = new float[slotsLength];
        Assert.Equal(
            message,
            Assert.Throws<ArgumentException>(() => PanelProduct.Multiply(xs, 3, stride, ps, 10, 5, 1, ss, slots, firstSlot, accumulated)).Message);
        if (accumulated == 0)
        {
            Assert.Equal(
                message,
                Assert.Throws<ArgumentException>(() => PanelProduct.AccumulateOuter(xs, 3, stride, ss, slots, firstSlot, ps, 10, 5, 1)).Message);
            if (panel == 96)
            {
                float[] transposed = new float[160];
                Assert.Equal(
                    message.Replace("Rows of x", "Rows of dx").Replace("x has", "dx has"),
                    Assert.Throws<ArgumentException>(
                        () => PanelProduct.MultiplyTransposed(ss, 3, slots, firstSlot, transposed, 10, 5, 1, xs, stride)).Message);
            }
        }
    }

    [Fact]
    public void Products_rows_too_close_to_each_other_are_refused()
    {
        float[] x = new float[15], panel = new float[96], slots = new float[96];
        Assert.Equal(
            "Rows of x are 0 apart; allowed is a distance of 1 or more.",
            Assert.Throws<ArgumentException>(() => PanelProduct.Multiply(x, 3, 0, panel, 10, 5, 1, slots, 2, 0, 0)).Message);
        Assert.Equal(
            "Rows of x are 4 apart; allowed is a distance of 5 (the columns) or more.",
            Assert.Throws<ArgumentException>(() => PanelProduct.AccumulateOuter(x, 3, 4, slots, 2, 0, panel, 10, 5, 1)).Message);
        Assert.Equal(
            "Rows of dx are 4 apart; allowed is a distance of 5 (the columns) or more.",
            Assert.Throws<ArgumentException>(() => PanelProduct.MultiplyTransposed(slots, 3, 2, 0, new float[160], 10, 5, 1, x, 4)).Message);
    }

    [Theory]
    [InlineData(159)]
    [InlineData(161)]
    public void MultiplyTransposed_panel_of_another_length_is_refused(int length)
    {
        float[] panel = new float[96], dx = new float[15], slots = new float[48], transposed = new float[length];
        string message = $"The transposed panel has {length} floats; 1 vectors of 10 units and 5 columns take 160.";
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => PanelProduct.MultiplyTransposed(slots, 3, 1, 0, transposed, 10, 5, 1, dx, 5)).Message);
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => PanelProduct.Transpose(panel, 10, 5, 1, transposed)).Message);
        Assert.Throws<ArgumentException>(() => PanelProduct.Transpose(panel.AsSpan(1), 10, 5, 1, new float[160]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Multiply_rows_that_overlap_gives_the_bits_of_rows_apart(int stride)
    {
        const int Rows = 7, Columns = 9, Units = 20;
        float[] x = KernelTestData.Random(((Rows - 1) * stride) + Columns, seed: 1), panel = KernelTestData.Random(Panel.Size(Units, Columns, 1), seed: 2);
        float[] apart = [.. Enumerable.Range(0, Rows).SelectMany(row => x.AsSpan(row * stride, Columns).ToArray())];
        float[] expected = new float[Rows * 32], actual = new float[Rows * 32];
        PanelProduct.Multiply(apart, Rows, Columns, panel, Units, Columns, 1, expected, 1, 0, 0);
        PanelProduct.Multiply(x, Rows, stride, panel, Units, Columns, 1, actual, 1, 0, 0);
        KernelTestData.AssertSameBits(expected, actual, "product");
    }

    [Fact]
    public void Products_sizes_beyond_64_bits_are_too_long()
    {
        float[] x = new float[16], panel = new float[Panel.Size(16, 1, 1)];
        ArgumentException exception = Assert.Throws<ArgumentException>(
            () => PanelProduct.Multiply(x, int.MaxValue, 1, panel, 16, 1, 1, x, int.MaxValue, 0, 0));
        Assert.Equal("The slots have 16 floats; 2147483647 rows of 2147483647 slots of 16 units take 73786976226118729744.", exception.Message);
    }

    [Fact]
    public void Products_negative_rows_throw()
    {
        float[] x = new float[16], panel = new float[Panel.Size(16, 1, 1)];
        Assert.Throws<ArgumentOutOfRangeException>(() => PanelProduct.Multiply(x, -1, 1, panel, 16, 1, 1, x, 1, 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => PanelProduct.MultiplyTransposed(x, -1, 1, 0, new float[256], 16, 1, 1, x, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => PanelProduct.AccumulateOuter(x, -1, 1, x, 1, 0, panel, 16, 1, 1));
    }
}
