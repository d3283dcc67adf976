using Seq.Embedded.Decoding;
using Seq.Embedded.Tests.Training;

namespace Seq.Embedded.Tests.Decoding;

public class GreedyTests
{
    private const int End = 3;

    private static readonly float[][] s_table =
    [
        [0.1f, 0.4f, 0.4f, 0.1f],
        [0.1f, 0.1f, 0.5f, 0.3f],
        [float.NaN, 0, 0.25f, 0.75f],
        [0, float.NaN, 0, 0],
    ];

    [Fact]
    public void Decode_takes_the_most_probable_token_and_of_equals_the_lowest_until_the_end()
    {
        int[] output = [9, 9, 9, 9, 9];

        int count = Greedy.Decode(new TestDecoder(4, 0, s_table), 0, End, new float[4], output, out double logProbability);

        Assert.Equal(2, count);
        Assert.Equal([1, 2, 9, 9, 9], output);
        Assert.Equal(Math.Log((double)0.4f * 0.5 * 0.75), logProbability, 1e-12);
    }

    [Fact]
    public void Decode_stops_at_the_length_of_the_output_and_without_an_end()
    {
        float[] scratch = new float[4];
        int[] output = new int[2];

        Assert.Equal(2, Greedy.Decode(new TestDecoder(4, 0, s_table), 0, End, scratch, output, out double logProbability));
        Assert.Equal([1, 2], output);
        Assert.Equal(Math.Log((double)0.4f * 0.5), logProbability, 1e-12);

        output = new int[4];
        Assert.Equal(3, Greedy.Decode(new TestDecoder(4, 0, s_table), 0, Greedy.NoEnd, scratch, output, out logProbability));
        Assert.Equal([1, 2, 3, 0], output);
        Assert.Equal(double.NegativeInfinity, logProbability);
    }

    [Fact]
    public void Decode_probability_is_that_of_the_sequence()
    {
        int[] output = new int[20];
        float[] scratch = new float[6];
        TestDecoder decoder = new(6, 8);

        int count = Greedy.Decode(decoder, 2, Greedy.NoEnd, scratch, output, out double logProbability);

        Assert.Equal(20, count);
        Assert.Equal(20, decoder.Steps);
        Assert.Equal(SequenceProbability.LogProbability(new TestDecoder(6, 8), 2, output, scratch), logProbability, 1e-12);
    }

    [Fact]
    public void Decode_allocates_nothing()
    {
        TestDecoder decoder = new(6, 8);
        int[] output = new int[20];
        float[] scratch = new float[6];
        LossAssert.AllocatesNothing(() => Greedy.Decode(decoder, 2, 5, scratch, output, out _));
    }

    [Fact]
    public void Decode_wrong_arguments_are_refused()
    {
        TestDecoder decoder = new(4, 0);
        float[] scratch = new float[4];
        Assert.Throws<ArgumentNullException>(() => Greedy.Decode(null!, 0, 1, scratch, new int[1], out _));
        Assert.Equal("probabilities", Assert.Throws<ArgumentException>(() => Greedy.Decode(decoder, 0, 1, new float[5], new int[1], out _)).ParamName);
        Assert.Equal("startToken", Assert.Throws<ArgumentOutOfRangeException>(() => Greedy.Decode(decoder, 4, 1, scratch, new int[1], out _)).ParamName);
        ArgumentOutOfRangeException e = Assert.Throws<ArgumentOutOfRangeException>(() => Greedy.Decode(decoder, 0, -2, scratch, new int[1], out _));
        Assert.Contains("must be 0 to 3, or -1 for no end", e.Message, StringComparison.Ordinal);
        Assert.Equal(0, decoder.Steps);
    }
}
