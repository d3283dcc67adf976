using Seq.Embedded.Decoding;
using Seq.Embedded.Tests.Training;

namespace Seq.Embedded.Tests.Decoding;

public class CtcGreedyDecoderTests
{
    [Theory]
    [InlineData("0 1 1 0 1 2 2 0", 0, "1 1 2")]
    [InlineData("1 1 1", 0, "1")]
    [InlineData("0 0", 0, "")]
    [InlineData("0 2 0 1 2 1", 2, "0 0 1 1")]
    [InlineData("2 1 0 1 2", 0, "2 1 1 2")]
    [InlineData("", 0, "")]
    public void Run_takes_repeats_as_one_and_blanks_out(string path, int blank, string expected)
    {
        CtcGreedyDecoder decoder = new(3, blank);
        int[] classes = [.. path.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
        float[] posteriors = [.. classes.SelectMany(k => Enumerable.Range(0, 3).Select(i => i == k ? 0.5f : 0.25f))];
        int[] labels = new int[classes.Length];

        // The second run begins anew.
        decoder.Run(posteriors, labels);
        int count = decoder.Run(posteriors, labels);

        Assert.Equal(expected, CtcPaths.Key(labels.AsSpan(0, count)));
        Assert.Equal(classes.Length * Math.Log(0.5), decoder.LogProbability, 1e-12);
    }

    [Fact]
    public void Step_tells_a_label_where_it_begins_and_allocates_nothing()
    {
        const int Steps = 50, Classes = 4;
        float[] posteriors = CtcPaths.Random(Steps, Classes, 5);
        CtcGreedyDecoder whole = new(Classes), stream = new(Classes);
        int[] labels = new int[Steps];
        int count = whole.Run(posteriors, labels);
        List<int> begun = [];
        for (int t = 0; t < Steps; t++)
        {
            int label = stream.Step(posteriors.AsSpan(t * Classes, Classes));
            if (label != CtcGreedyDecoder.NoLabel)
            {
                begun.Add(label);
            }
        }

        Assert.Equal(labels.AsSpan(0, count), [.. begun]);
        Assert.Equal(whole.LogProbability, stream.LogProbability);
        LossAssert.AllocatesNothing(() => whole.Run(posteriors, labels));
    }

    [Fact]
    public void Step_takes_the_lowest_of_equal_classes_and_NaN_for_0()
    {
        CtcGreedyDecoder decoder = new(4, blank: 3);

        Assert.Equal(1, decoder.Step([0.1f, 0.4f, 0.4f, 0.1f]));
        Assert.Equal(2, decoder.Step([0.1f, float.NaN, 0.4f, 0.4f]));
        Assert.Equal(2 * Math.Log(0.4f), decoder.LogProbability, 1e-12);
        Assert.Equal(0, decoder.Step([0, float.NaN, 0, 0]));
        Assert.Equal((2 * Math.Log(0.4f)) - 87.3365, decoder.LogProbability, 1e-3);
    }

    [Fact]
    public void Wrong_arguments_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new CtcGreedyDecoder(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CtcGreedyDecoder(3, 3));
        CtcGreedyDecoder decoder = new(2);
        Assert.Throws<ArgumentException>(() => decoder.Step([1]));
        Assert.Throws<ArgumentException>(() => decoder.Run([1, 0, 1], new int[3]));
        ArgumentException e = Assert.Throws<ArgumentException>(() => decoder.Run([0, 1, 1, 0, 0, 1], new int[1]));
        Assert.Contains("time step 2 begins another label; allowed: 3 are enough", e.Message, StringComparison.Ordinal);
    }
}
