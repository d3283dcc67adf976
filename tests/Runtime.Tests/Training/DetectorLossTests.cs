using Seq.Embedded.Training;

namespace Seq.Embedded.Tests.Training;

public sealed class DetectorLossTests
{
    private const int Steps = 40;
    private const int Outputs = 4;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Compute_agrees_with_the_formula(int label)
    {
        float[] posteriors = Posteriors(label);

        double loss = Loss().Compute(posteriors, label, 0.25, new float[posteriors.Length]);

        Assert.Equal(0.25 * Reference(posteriors, label), loss, 1e-5);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Compute_gradient_agrees_with_finite_differences(int label)
    {
        float[] posteriors = Posteriors(label);
        float[] gradient = new float[posteriors.Length];
        Array.Fill(gradient, float.NaN); // replaced
        Loss().Compute(posteriors, label, 0.5, gradient);

        const float delta = 1e-3f;
        for (int i = 0; i < posteriors.Length; i++)
        {
            float[] up = [.. posteriors];
            float[] down = [.. posteriors];
            up[i] += delta;
            down[i] -= delta;
            double expected = 0.5 * (Reference(up, label) - Reference(down, label)) / (up[i] - (double)down[i]);
            Assert.True(Math.Abs(expected - gradient[i]) < 1e-3 + (0.01 * Math.Abs(expected)), $"label {label}, value {i}: expected {expected}, found {gradient[i]}");
        }
    }

    [Fact]
    public void Compute_with_a_single_word_has_no_other_to_suppress()
    {
        float[] posteriors = new float[Steps * 2];
        Array.Fill(posteriors, 0.5f);

        double loss = new DetectorLoss(2, 6, 17, 2).Compute(posteriors, 1, 1, new float[posteriors.Length]);

        Assert.Equal(Math.Log(2), loss, 1e-6);
    }

    [Fact]
    public void Compute_example_within_the_warm_up_counts_nothing()
    {
        float[] gradient = new float[17 * Outputs];

        double loss = Loss().Compute(new float[17 * Outputs], 0, 1, gradient);

        Assert.Equal(0, loss);
        Assert.All(gradient, value => Assert.Equal(0, value));
    }

    [Fact]
    public void Compute_posteriors_that_are_no_numbers_give_a_loss_that_is_none()
    {
        float[] posteriors = new float[Steps * Outputs];
        Array.Fill(posteriors, float.NaN);

        Assert.True(double.IsNaN(Loss().Compute(posteriors, 1, 1, new float[posteriors.Length])));
        Assert.True(double.IsNaN(Loss().Compute(posteriors, 0, 1, new float[posteriors.Length])));
    }

    [Fact]
    public void Compute_warm_up_is_that_of_the_smoothing_at_least()
    {
        // The only loud step is the third; a mean over 6 steps sees it from the sixth on.
        float[] posteriors = new float[8 * 2], gradient = new float[8 * 2];
        posteriors[5] = 0.6f;

        double loss = new DetectorLoss(2, smoothingSteps: 6).Compute(posteriors, 1, 1, gradient);

        Assert.Equal(-Math.Log(0.1), loss, 1e-6);
        for (int i = 0; i < gradient.Length; i++)
        {
            Assert.Equal(i % 2 == 1 && i < 12 ? -10f / 6 : 0, gradient[i], 1e-4);
        }
    }

    [Fact]
    public void Compute_without_weights_a_sequence_without_words_costs_nothing()
    {
        float[] posteriors = Posteriors(0), gradient = new float[posteriors.Length];

        Assert.Equal(0, new DetectorLoss(Outputs, 6, 17, negativeWeight: 0, backgroundWeight: 0).Compute(posteriors, 0, 1, gradient));
        Assert.All(gradient, value => Assert.Equal(0, value));
    }

    [Fact]
    public void Compute_allocates_nothing()
    {
        DetectorLoss loss = Loss();
        float[] posteriors = Posteriors(1), gradient = new float[posteriors.Length];
        LossAssert.AllocatesNothing(() => loss.Compute(posteriors, 1, 1, gradient));
    }

    [Fact]
    public void Values_out_of_range_are_refused_by_name()
    {
        AssertRange("outputs", () => _ = new DetectorLoss(1, 6));
        AssertRange("smoothingSteps", () => _ = new DetectorLoss(2, 0));
        AssertRange("warmUpSteps", () => _ = new DetectorLoss(2, 1, -1));
        AssertRange("negativeWeight", () => _ = new DetectorLoss(2, 1, 0, -1));
        AssertRange("backgroundWeight", () => _ = new DetectorLoss(2, 1, 0, 1, double.NaN));
        AssertRange("label", () => Loss().Compute(new float[8], Outputs, 1, new float[8]));
        AssertRange("label", () => Loss().Compute(new float[8], -1, 1, new float[8]));
        Assert.Throws<ArgumentException>(() => Loss().Compute(new float[7], 0, 1, new float[7]));
        Assert.Throws<ArgumentException>(() => Loss().Compute(new float[8], 0, 1, new float[4]));
    }

    private static DetectorLoss Loss() => new(Outputs, smoothingSteps: 6, warmUpSteps: 17, negativeWeight: 2);

    private static void AssertRange(string name, Action action) =>
        Assert.Equal(name, Assert.Throws<ArgumentOutOfRangeException>(action).ParamName);

    private static float[] Posteriors(int seed)
    {
        CounterRandom random = new((ulong)seed + 5, 0);
        ulong drawn = 0;
        float[] posteriors = new float[Steps * Outputs];
        for (int step = 0; step < Steps; step++)
        {
            Span<float> row = posteriors.AsSpan(step * Outputs, Outputs);
            float sum = 0;
            foreach (ref float value in row)
            {
                sum += value = (float)Math.Exp(2 * random.GetUniform(drawn++));
            }

            foreach (ref float value in row)
            {
                value /= sum;
            }
        }

        return posteriors;
    }

    /// <summary>The formula, written out in double precision.</summary>
    private static double Reference(float[] posteriors, int label)
    {
        double[][] smoothed = [.. Enumerable.Range(17, Steps - 17).Select(step => Enumerable.Range(0, Outputs)
            .Select(output => Enumerable.Range(step - 5, 6).Average(at => (double)posteriors[(at * Outputs) + output])).ToArray())];
        double others = smoothed.Max(row => Enumerable.Range(1, Outputs - 1).Where(output => output != label).Max(output => row[output]));
        return label > 0
            ? -Math.Log(smoothed.Max(row => row[label])) - Math.Log(1 - others)
            : (-2 * Math.Log(1 - others)) - (0.3 * smoothed.Average(row => Math.Log(row[0])));
    }
}
