using Seq.Embedded.Decoding;
using Seq.Embedded.Tests.Training;

namespace Seq.Embedded.Tests.Decoding;

public class SequenceProbabilityTests
{
    private static readonly float[][] s_table = [[0.5f, 0.25f, 0.25f], [0, 0.125f, 0.875f], [1, 0, 0]];

    [Fact]
    public void LogProbability_is_the_sum_over_the_tokens()
    {
        float[] scratch = new float[3];

        Assert.Equal(Math.Log(0.5 * 0.25 * 0.125 * 0.875), SequenceProbability.LogProbability(new TestDecoder(3, 0, s_table), 0, [0, 1, 1, 2], scratch), 1e-12);
        Assert.Equal(double.NegativeInfinity, SequenceProbability.LogProbability(new TestDecoder(3, 0, s_table), 1, [0], scratch));
        Assert.Equal(0, SequenceProbability.LogProbability(new TestDecoder(3, 0, s_table), 1, [], scratch));
    }

    [Fact]
    public void LogProbability_of_all_sequences_adds_up_to_one()
    {
        float[] scratch = new float[3];
        double sum = 0;
        for (int i = 0; i < 81; i++)
        {
            sum += Math.Exp(SequenceProbability.LogProbability(new TestDecoder(3, 5), 2, [i / 27, i / 9 % 3, i / 3 % 3, i % 3], scratch));
        }

        Assert.Equal(1, sum, 1e-6);
    }

    [Fact]
    public void Perplexity_of_equally_probable_tokens_is_their_number()
    {
        Assert.Equal(7, SequenceProbability.Perplexity(5 * Math.Log(1 / 7.0), 5), 1e-12);
        Assert.Equal(1, SequenceProbability.Perplexity(0, 1));
        Assert.Equal(double.PositiveInfinity, SequenceProbability.Perplexity(double.NegativeInfinity, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => SequenceProbability.Perplexity(0, 0));
    }

    [Fact]
    public void LogProbability_refuses_wrong_arguments_before_a_step()
    {
        TestDecoder decoder = new(3, 0);
        Assert.Throws<ArgumentException>(() => SequenceProbability.LogProbability(decoder, 0, [1], new float[2]));
        Assert.Equal("startToken", Assert.Throws<ArgumentOutOfRangeException>(() => SequenceProbability.LogProbability(decoder, 3, [1], new float[3])).ParamName);
        Assert.Equal("tokens", Assert.Throws<ArgumentOutOfRangeException>(() => SequenceProbability.LogProbability(decoder, 0, [1, -1], new float[3])).ParamName);
        Assert.Throws<ArgumentNullException>(() => SequenceProbability.LogProbability(null!, 0, [1], new float[3]));
        Assert.Equal(0, decoder.Steps);
    }

    [Fact]
    public void LogProbability_allocates_nothing()
    {
        TestDecoder decoder = new(3, 0);
        int[] tokens = [0, 1, 2];
        float[] scratch = new float[3];
        LossAssert.AllocatesNothing(() => SequenceProbability.LogProbability(decoder, 0, tokens, scratch));
    }
}
