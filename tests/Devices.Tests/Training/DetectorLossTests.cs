using KeywordSpotter.Spotting;
using KeywordSpotter.Training;

namespace KeywordSpotter.Tests.Training;

public sealed class DetectorLossTests
{
    private const int Steps = 40;
    private const int Outputs = 4;

    private static readonly DetectorSettings s_settings = new() { Thresholds = [0.5f, 0.5f, 0.5f], SmoothingSteps = 6, WarmUpSteps = 17 };

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Compute_agrees_with_the_formula(int label)
    {
        float[] posteriors = Posteriors(label);

        double loss = new DetectorLoss(s_settings, Outputs, 2).Compute(posteriors, label, 0.25, new float[posteriors.Length]);

        Assert.Equal(0.25 * Reference(posteriors, label), loss, 1e-5);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Compute_gradient_agrees_with_finite_differences(int label)
    {
        float[] posteriors = Posteriors(label);
        var gradient = new float[posteriors.Length];
        new DetectorLoss(s_settings, Outputs, 2).Compute(posteriors, label, 0.5, gradient);

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
    public void Compute_with_a_single_keyword_has_no_other_to_suppress()
    {
        DetectorSettings settings = s_settings with { Thresholds = [0.5f] };
        var posteriors = new float[Steps * 2];
        Array.Fill(posteriors, 0.5f);

        double loss = new DetectorLoss(settings, 2, 2).Compute(posteriors, 1, 1, new float[posteriors.Length]);

        Assert.Equal(Math.Log(2), loss, 1e-6);
    }

    [Fact]
    public void Compute_example_within_the_warm_up_counts_nothing()
    {
        var gradient = new float[17 * Outputs];

        double loss = new DetectorLoss(s_settings, Outputs, 2).Compute(new float[17 * Outputs], 0, 1, gradient);

        Assert.Equal(0, loss);
        Assert.All(gradient, value => Assert.Equal(0, value));
    }

    [Fact]
    public void Compute_posteriors_that_are_no_numbers_give_a_loss_that_is_none()
    {
        var posteriors = new float[Steps * Outputs];
        Array.Fill(posteriors, float.NaN);

        Assert.True(double.IsNaN(new DetectorLoss(s_settings, Outputs, 2).Compute(posteriors, 1, 1, new float[posteriors.Length])));
        Assert.True(double.IsNaN(new DetectorLoss(s_settings, Outputs, 2).Compute(posteriors, 0, 1, new float[posteriors.Length])));
    }

    private static float[] Posteriors(int seed)
    {
        Draws draws = new((ulong)seed + 5);
        var posteriors = new float[Steps * Outputs];
        for (int step = 0; step < Steps; step++)
        {
            Span<float> row = posteriors.AsSpan(step * Outputs, Outputs);
            float sum = 0;
            foreach (ref float value in row)
            {
                sum += value = (float)Math.Exp(2 * draws.Unit());
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
