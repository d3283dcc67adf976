using Seq.Embedded.Training;

namespace Seq.Embedded.Tests.Training;

public class HalfCosineTests
{
    [Fact]
    public void Fall_is_half_a_cosine_to_1e_15_and_never_rises()
    {
        const int Points = 100_000;
        double before = double.PositiveInfinity;
        for (int i = 0; i <= Points; i++)
        {
            double x = (double)i / Points, value = HalfCosine.Fall(x);
            Assert.Equal((1 + Math.Cos(Math.PI * x)) / 2, value, 1e-15);
            Assert.True(value <= before + 1e-15, $"{before} at the point before {x}, {value} there");
            before = value;
        }

        Assert.Equal(1, (float)HalfCosine.Fall(0));
        Assert.Equal(0, HalfCosine.Fall(1));
    }
}
