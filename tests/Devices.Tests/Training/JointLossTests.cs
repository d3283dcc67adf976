using KeywordSpotter.Training;

namespace KeywordSpotter.Tests.Training;

public sealed class JointLossTests
{
    private const int Steps = 12;

    private static readonly JointOutputs s_outputs = new(["background", "a", "b", "p", "p1", "p2", "w", "w1", "w2", "w3"], 3, 3, 4);

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Compute_gradient_is_that_of_finite_differences(int keyword)
    {
        float[] logits = Random(1), gradient = new float[logits.Length], unused = new float[logits.Length];
        int[] phonemes = [0, 1, 1, 2, 2, -1, -1, 0, 0, 1, 2, 0], words = [-1, -1, 0, 0, 0, 0, 3, 3, 3, -1, -1, -1];
        var loss = new JointLoss(s_outputs, new TrainingOptions { PhonemeWeight = 0.7, VocabularyWeight = 1.3 }, smoothing: 2, warmUp: 1, Steps);

        double value = loss.Compute(logits, keyword, phonemes, words, 0.5, gradient);

        Assert.True(double.IsFinite(value) && value > 0);
        const float Small = 1e-2f;
        for (int i = 0; i < logits.Length; i++)
        {
            float before = logits[i];
            logits[i] = before + Small;
            double above = loss.Compute(logits, keyword, phonemes, words, 0.5, unused);
            logits[i] = before - Small;
            double below = loss.Compute(logits, keyword, phonemes, words, 0.5, unused);
            logits[i] = before;
            Assert.Equal((above - below) / (2 * Small), gradient[i], 1e-3);
        }
    }

    [Fact]
    public void Compute_of_unknown_targets_leaves_their_outputs_alone()
    {
        float[] logits = Random(2), gradient = new float[logits.Length];
        int[] unknown = [.. Enumerable.Repeat(Transcript.Unknown, Steps)];

        new JointLoss(s_outputs, new TrainingOptions(), 2, 1, Steps).Compute(logits, 1, unknown, unknown, 1, gradient);

        for (int i = 0; i < gradient.Length; i++)
        {
            Assert.True(i % s_outputs.Count < s_outputs.Keywords || gradient[i] == 0);
        }
    }

    private static float[] Random(ulong seed)
    {
        Draws draws = new(seed);
        var values = new float[Steps * s_outputs.Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = draws.Bell();
        }

        return values;
    }
}
