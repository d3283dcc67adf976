using Seq.Embedded.Decoding;
using Seq.Embedded.Tests.Training;
using Seq.Embedded.Training;

namespace Seq.Embedded.Tests.Decoding;

public class CtcBeamDecoderTests
{
    [Theory]
    [InlineData(1, 3, 0)]
    [InlineData(4, 4, 3)]
    [InlineData(5, 3, 1)]
    [InlineData(7, 3, 0)]
    public void Run_with_room_for_all_finds_every_labelling_with_the_probability_of_its_paths(int steps, int classes, int blank)
    {
        float[] posteriors = CtcPaths.Random(steps, classes, 40 + steps);
        Dictionary<string, CtcPaths.Labelling> expected = new CtcPaths(posteriors, classes, blank).Labellings;
        CtcBeamDecoder decoder = new(classes, steps, width: 1000, blank);

        decoder.Run(posteriors);

        Assert.Equal(expected.Count, decoder.Count);
        double before = 0;
        for (int rank = 0; rank < decoder.Count; rank++)
        {
            double actual = decoder.GetLogProbability(rank);
            string key = CtcPaths.Key(decoder.GetLabels(rank));
            LossAssert.Close($"ln P of {key}", Math.Log(expected[key].Probability), actual, 1e-12 * Math.Max(1, -actual));
            Assert.True(actual <= before, $"rank {rank}: {actual} after {before}");
            before = actual;
        }
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 4)]
    [InlineData(5, 4)]
    [InlineData(16, 6)]
    public void Run_narrow_beam_is_that_of_the_plain_algorithm(int width, int classes)
    {
        const int Steps = 60, MaxLabels = 12;
        for (int seed = 0; seed < 5; seed++)
        {
            int blank = seed % classes;
            float[] posteriors = CtcPaths.Random(Steps, classes, 100 + seed);
            CtcBeamDecoder decoder = new(classes, MaxLabels, width, blank);

            decoder.Run(posteriors);

            List<(string Labels, double Probability)> expected = PlainBeam(posteriors, classes, blank, width, MaxLabels);
            Assert.Equal(expected.Select(e => e.Labels), Enumerable.Range(0, decoder.Count).Select(rank => CtcPaths.Key(decoder.GetLabels(rank))));
            for (int rank = 0; rank < decoder.Count; rank++)
            {
                double logProbability = decoder.GetLogProbability(rank), loss = LossOf(decoder.GetLabels(rank), posteriors, classes, blank);
                Assert.Equal(Math.Log(expected[rank].Probability), logProbability, 1e-9);
                Assert.True(logProbability <= -loss + 1e-9, $"{logProbability} is above the log-probability of all paths, {-loss}");
            }
        }
    }

    [Fact]
    public void Run_finds_the_labelling_that_the_best_path_misses()
    {
        // Path blank blank: 0.36; label 1: 0.16 + 0.24 + 0.24.
        float[] posteriors = [0.6f, 0.4f, 0.6f, 0.4f];
        CtcBeamDecoder decoder = new(2, 2);

        Assert.Equal([1], decoder.Run(posteriors));
        Assert.Equal(Math.Log(0.64), decoder.GetLogProbability(0), 1e-6);
        Assert.Equal(0, new CtcGreedyDecoder(2).Run(posteriors, new int[2]));
    }

    [Fact]
    public void Step_gives_the_results_of_Run_after_each_frame_and_allocates_nothing()
    {
        const int Steps = 30, Classes = 5;
        float[] posteriors = CtcPaths.Random(Steps, Classes, 7);
        CtcBeamDecoder stream = new(Classes, 10, 8), whole = new(Classes, 10, 8);
        Assert.Equal(1, stream.Count);
        Assert.Equal(0, stream.GetLogProbability(0));
        Assert.True(stream.GetLabels(0).IsEmpty);
        for (int t = 0; t < Steps; t++)
        {
            stream.Step(posteriors.AsSpan(t * Classes, Classes));
            whole.Run(posteriors.AsSpan(0, (t + 1) * Classes));
            Assert.Equal(whole.Count, stream.Count);
            for (int rank = 0; rank < whole.Count; rank++)
            {
                Assert.Equal(whole.GetLabels(rank), stream.GetLabels(rank));
                Assert.Equal(whole.GetLogProbability(rank), stream.GetLogProbability(rank));
            }
        }

        LossAssert.AllocatesNothing(() => whole.Run(posteriors));
    }

    [Fact]
    public void Step_equal_prefixes_stay_in_order_and_lower_labels_come_first()
    {
        CtcBeamDecoder decoder = new(4, 3, width: 3, blank: 3);

        decoder.Step([0.25f, 0.25f, 0.25f, 0.25f]);

        Assert.Equal(["", "0", "1"], Enumerable.Range(0, 3).Select(rank => CtcPaths.Key(decoder.GetLabels(rank))));
    }

    [Fact]
    public void Step_frame_of_zeros_or_NaN_leaves_hypotheses()
    {
        CtcBeamDecoder decoder = new(3, 4, width: 2);
        decoder.Step([0.1f, 0.8f, 0.1f]);

        decoder.Step([0, 0, 0]);
        decoder.Step([float.NaN, float.NaN, float.NaN]);

        Assert.Equal(2, decoder.Count);
        Assert.Equal(1, decoder.GetLabels(0)[0]);
        Assert.True(double.IsFinite(decoder.GetLogProbability(1)));
    }

    [Fact]
    public void Wrong_arguments_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new CtcBeamDecoder(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CtcBeamDecoder(2, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CtcBeamDecoder(2, 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CtcBeamDecoder(2, 1_000_000, 1_000_000));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CtcBeamDecoder(2, 1, 1, -1));
        CtcBeamDecoder decoder = new(2, 1);
        Assert.Throws<ArgumentException>(() => decoder.Step([1]));
        Assert.Throws<ArgumentException>(() => decoder.Run([1, 0, 1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => decoder.GetLabels(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => decoder.GetLogProbability(-1));
    }

    private static double LossOf(ReadOnlySpan<int> labels, float[] posteriors, int classes, int blank) =>
        CtcLoss.Compute(posteriors, labels, blank, 1, new float[posteriors.Length], new CtcWorkspace(posteriors.Length / classes, labels.Length, classes));

    /// <summary>The same search on text and plain probabilities.</summary>
    private static List<(string Labels, double Probability)> PlainBeam(float[] posteriors, int classes, int blank, int width, int maxLabels)
    {
        Dictionary<string, (double Blank, double Label)> beam = new() { [""] = (1, 0) };
        for (int t = 0; t < posteriors.Length / classes; t++)
        {
            Dictionary<string, (double Blank, double Label)> stay = [], longer = [];
            foreach ((string prefix, (double endInBlank, double endInLabel)) in beam)
            {
                int[] labels = [.. prefix.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
                for (int k = 0; k < classes; k++)
                {
                    double p = posteriors[(t * classes) + k], total = endInBlank + endInLabel;
                    if (k == blank)
                    {
                        Add(stay, prefix, p * total, 0);
                        continue;
                    }

                    bool repeats = labels.Length > 0 && labels[^1] == k;
                    if (repeats)
                    {
                        Add(stay, prefix, 0, p * endInLabel);
                    }

                    string next = CtcPaths.Key([.. labels, k]);
                    if (labels.Length < maxLabels)
                    {
                        Add(beam.ContainsKey(next) ? stay : longer, next, 0, p * (repeats ? endInBlank : total));
                    }
                }
            }

            beam = stay.Concat(longer).Where(e => e.Value.Blank + e.Value.Label > 0).OrderByDescending(e => e.Value.Blank + e.Value.Label).Take(width).ToDictionary();
        }

        return [.. beam.Select(e => (e.Key, e.Value.Blank + e.Value.Label)).OrderByDescending(e => e.Item2)];
    }

    private static void Add(Dictionary<string, (double Blank, double Label)> to, string prefix, double endInBlank, double endInLabel)
    {
        (double blank, double label) = to.GetValueOrDefault(prefix);
        to[prefix] = (blank + endInBlank, label + endInLabel);
    }
}
