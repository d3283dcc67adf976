using System.Text.Json;
using Seq.Embedded.Tests.Decoding;
using Seq.Embedded.Tests.Weights;
using Seq.Embedded.Training;

namespace Seq.Embedded.Tests.Training;

public class CtcLossTests
{
    [Fact]
    public void Compute_loss_and_gradient_are_those_of_PyTorch()
    {
        JsonElement cases = TestVectors.ReadJson("losses.json").GetProperty("ctc");
        Assert.Equal(14, cases.GetArrayLength());
        foreach (JsonElement vector in cases.EnumerateArray())
        {
            string name = vector.GetProperty("name").GetString()!;
            int classes = vector.GetProperty("classes").GetInt32();
            int[] labels = [.. vector.GetProperty("labels").EnumerateArray().Select(label => label.GetInt32())];
            float[] p = vector.GetFloats("posteriors"), gradients = new float[p.Length];
            gradients.AsSpan().Fill(7);

            double loss = CtcLoss.Compute(p, labels, vector.GetProperty("blank").GetInt32(), 1, gradients, new CtcWorkspace(p.Length / classes, labels.Length, classes));

            if (vector.GetProperty("loss") is { ValueKind: JsonValueKind.Number } expected)
            {
                LossAssert.Close($"{name}, loss", expected.GetDouble(), loss, 2e-6 * Math.Max(1, expected.GetDouble()));
            }
            else
            {
                Assert.Equal(double.PositiveInfinity, loss);
            }

            LossAssert.Close($"{name}, gradient", vector.GetDoubles("gradients"), gradients, 1e-5);
        }
    }

    [Theory]
    [InlineData(1, 3, 0)]
    [InlineData(2, 2, 1)]
    [InlineData(4, 4, 2)]
    [InlineData(6, 3, 0)]
    [InlineData(7, 3, 2)]
    public void Compute_every_labelling_is_the_sum_of_its_paths(int steps, int classes, int blank)
    {
        const float Scale = 0.5f;
        float[] p = CtcPaths.Random(steps, classes, seed: steps);
        CtcPaths paths = new(p, classes, blank);
        CtcWorkspace workspace = new(10, 8, classes);
        double total = 0;
        foreach ((string key, CtcPaths.Labelling labelling) in paths.Labellings)
        {
            int[] labels = [.. key.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
            float[] gradients = new float[p.Length];

            double loss = CtcLoss.Compute(p, labels, blank, Scale, gradients, workspace);

            LossAssert.Close($"loss of {key}", -Math.Log(labelling.Probability), loss, 1e-12 * steps * Math.Max(1, loss));
            LossAssert.Close($"gradient of {key}", [.. paths.Gradient(labelling).Select(g => g * Scale)], gradients, 2e-7);
            total += Math.Exp(-loss);
        }

        Assert.Equal(1, total, 1e-6);
    }

    [Fact]
    public void Compute_in_place_and_in_a_used_workspace_gives_the_same()
    {
        const int Classes = 5;
        float[] p = CtcPaths.Random(9, Classes, 1), gradients = new float[p.Length];
        CtcWorkspace workspace = new(12, 6, Classes);
        double expected = CtcLoss.Compute(p, [1, 1, 4], 0, 0.1f, gradients, new CtcWorkspace(9, 3, Classes));
        CtcLoss.Compute(CtcPaths.Random(12, Classes, 2), [4, 3, 2, 1, 4, 3], 0, 1, new float[12 * Classes], workspace);

        double loss = CtcLoss.Compute(p, [1, 1, 4], 0, 0.1f, p, workspace);

        Assert.Equal(expected, loss);
        Assert.Equal(gradients, p);
    }

    [Fact]
    public void Compute_posteriors_of_zero_cost_a_finite_loss_with_a_gradient_that_leads_out()
    {
        float[] gradients = new float[6];

        double loss = CtcLoss.Compute([1, 0, 0, 1, 0, 0], [2], 0, 1, gradients, new CtcWorkspace(2, 1, 3));

        // Of the three paths two have one posterior of zero each, and share the probability.
        Assert.Equal(87.3365 - Math.Log(2), loss, 1e-3);
        Assert.Equal([0.5f, 0f, -0.5f, 0.5f, 0f, -0.5f], gradients);
    }

    [Fact]
    public void Compute_ten_thousand_steps_do_not_underflow()
    {
        const int Steps = 10_000;
        float[] p = new float[Steps * 2], gradients = new float[p.Length];
        p.AsSpan().Fill(0.5f);

        // Paths: a run of label 1 between blanks, from each begin to each end.
        double loss = CtcLoss.Compute(p, [1], 0, 1, gradients, new CtcWorkspace(Steps, 1, 2));

        double expected = (Steps * Math.Log(2)) - Math.Log(Steps * (Steps + 1.0) / 2);
        Assert.Equal(expected, loss, 1e-8 * expected);
        Assert.Equal(0.5 - (2.0 / (Steps + 1)), gradients[1], 1e-6);
    }

    [Fact]
    public void Compute_NaN_shows()
    {
        float[] gradients = new float[6];

        Assert.True(double.IsNaN(CtcLoss.Compute([0.5f, float.NaN, 0.2f, 0.5f, 0.3f, 0.2f], [1], 0, 1, gradients, new CtcWorkspace(2, 1, 3))));
        Assert.True(float.IsNaN(gradients[1]));

        double loss = CtcLoss.Compute([0.5f, 0.5f, float.NaN, 0.5f, 0.5f, 0], [1], 0, 1, gradients, new CtcWorkspace(2, 1, 3));
        Assert.Equal(-Math.Log(0.75), loss, 1e-7);
        Assert.True(float.IsNaN(gradients[2]));
        Assert.Equal(0f, gradients[5]);
    }

    [Fact]
    public void Compute_no_time_step_has_a_loss_for_no_label_only()
    {
        CtcWorkspace workspace = new(1, 1, 2);

        Assert.Equal(0, CtcLoss.Compute([], [], 0, 1, [], workspace));
        Assert.Equal(double.PositiveInfinity, CtcLoss.Compute([], [1], 0, 1, [], workspace));
    }

    [Fact]
    public void Compute_allocates_nothing()
    {
        float[] p = CtcPaths.Random(9, 5, 1), gradients = new float[p.Length];
        int[] labels = [1, 1, 4];
        CtcWorkspace workspace = new(9, 3, 5);

        LossAssert.AllocatesNothing(() => CtcLoss.Compute(p, labels, 0, 1, gradients, workspace));
    }

    [Fact]
    public void Compute_wrong_arguments_are_refused_by_name_and_nothing_written()
    {
        CtcWorkspace workspace = new(2, 1, 3);
        float[] p = [0.2f, 0.3f, 0.5f, 0.2f, 0.3f, 0.5f], gradients = [1, 2, 3, 4, 5, 6];
        void Refused<T>(string argument, string message, Action call)
            where T : ArgumentException
        {
            T e = Assert.Throws<T>(call);
            Assert.Equal(argument, e.ParamName);
            Assert.Contains(message, e.Message, StringComparison.Ordinal);
            Assert.Equal([1f, 2f, 3f, 4f, 5f, 6f], gradients);
        }

        Refused<ArgumentException>("posteriors", "a multiple of 3", () => CtcLoss.Compute(p.AsSpan(1), [1], 0, 1, gradients.AsSpan(1), workspace));
        Refused<ArgumentException>("posteriors", "3 time steps; allowed: 0 to 2", () => CtcLoss.Compute(new float[9], [1], 0, 1, new float[9], workspace));
        Refused<ArgumentException>("logitsGradient", "exactly 6", () => CtcLoss.Compute(p, [1], 0, 1, gradients.AsSpan(3), workspace));
        Refused<ArgumentException>("labels", "2 labels; allowed: 0 to 1", () => CtcLoss.Compute(p, [1, 2], 0, 1, gradients, workspace));
        Refused<ArgumentOutOfRangeException>("labels", "Label 0 must be 0 to 2, and not 0, the blank", () => CtcLoss.Compute(p, [0], 0, 1, gradients, workspace));
        Refused<ArgumentOutOfRangeException>("labels", "Label 0 must be 0 to 2", () => CtcLoss.Compute(p, [3], 0, 1, gradients, workspace));
        Refused<ArgumentOutOfRangeException>("labels", "Label 0 must be 0 to 2", () => CtcLoss.Compute(p, [-1], 0, 1, gradients, workspace));
        Refused<ArgumentOutOfRangeException>("blank", "The blank must be 0 to 2", () => CtcLoss.Compute(p, [1], 3, 1, gradients, workspace));
        Refused<ArgumentNullException>("workspace", "", () => CtcLoss.Compute(p, [1], 0, 1, gradients, null!));
    }

    [Fact]
    public void Workspace_sizes_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new CtcWorkspace(0, 1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CtcWorkspace(1, -1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CtcWorkspace(1, 1, 0));
        ArgumentOutOfRangeException e = Assert.Throws<ArgumentOutOfRangeException>(() => new CtcWorkspace(1_000_000, 2000, 3));
        Assert.Contains("1000000 time steps (MaxSteps) and 2000 labels (MaxLabels) need a buffer of 4001000000 values", e.Message, StringComparison.Ordinal);
        Assert.Equal(8 * ((4 * 7) + (2 * 7) + 5), CtcWorkspace.GetBytes(4, 3, 5));
    }
}
