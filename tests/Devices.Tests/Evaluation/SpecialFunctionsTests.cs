using KeywordSpotter.Evaluation;

namespace KeywordSpotter.Tests.Evaluation;

/// <summary>Expected values are those of mpmath with 30 digits.</summary>
public sealed class SpecialFunctionsTests
{
    [Theory]
    [InlineData(0.1, 2.252712651734206)]
    [InlineData(1, 0)]
    [InlineData(2.5, 0.2846828704729192)]
    [InlineData(10, 12.80182748008147)]
    [InlineData(171.3, 708.1149470389969)]
    [InlineData(1e5, 1051287.708973657)]
    public void LogGamma_is_exact(double x, double expected) => Assert.Equal(expected, SpecialFunctions.LogGamma(x), 1e-13 * Math.Max(1, expected));

    [Theory]
    [InlineData(0.5, 0.2, 0.472910743134462)]
    [InlineData(3, 2.5, 0.45618688411667)]
    [InlineData(10, 20, 0.995004587691692)]
    [InlineData(101, 90, 0.134900163761288)]
    public void LowerGamma_and_its_inverse_are_exact(double a, double x, double expected)
    {
        Assert.Equal(expected, SpecialFunctions.LowerGamma(a, x), 1e-12);
        Assert.Equal(x, SpecialFunctions.InverseLowerGamma(a, expected), 1e-9);
    }

    [Theory]
    [InlineData(1e4, 9900, 0.158651192193564661, 1e-11)]
    [InlineData(1e6, 999_000, 0.158655213574303652, 1e-9)]
    [InlineData(1e6, 1_000_500, 0.691550475771497178, 1e-9)]
    public void LowerGamma_of_large_arguments_has_fewer_digits(double a, double x, double expected, double tolerance) =>
        Assert.Equal(expected, SpecialFunctions.LowerGamma(a, x), tolerance);

    [Theory]
    [InlineData(0.5, 0.5, 0.3, 0.369010119565545)]
    [InlineData(2, 3, 0.4, 0.5248)]
    [InlineData(10, 200, 0.06, 0.809867360389853)]
    [InlineData(300, 5, 0.99, 0.809322524650276)]
    public void Beta_and_its_inverse_are_exact(double a, double b, double x, double expected)
    {
        Assert.Equal(expected, SpecialFunctions.Beta(a, b, x), 1e-12);
        Assert.Equal(x, SpecialFunctions.InverseBeta(a, b, expected), 1e-9);
    }

    [Fact]
    public void Ends_of_the_ranges_are_0_and_1()
    {
        Assert.Equal((0, 0, 1), (SpecialFunctions.LowerGamma(2, 0), SpecialFunctions.Beta(2, 3, 0), SpecialFunctions.Beta(2, 3, 1)));
        Assert.Equal(1, SpecialFunctions.LowerGamma(2, 1000), 1e-15);
        Assert.Equal(0, SpecialFunctions.InverseLowerGamma(2, 0), 1e-12);
    }
}
