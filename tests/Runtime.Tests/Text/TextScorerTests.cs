using Seq.Embedded.Decoding;
using Seq.Embedded.Tests.Decoding;
using Seq.Embedded.Tests.Training;
using Seq.Embedded.Text;

namespace Seq.Embedded.Tests.Text;

public class TextScorerTests
{
    private static readonly Vocabulary s_vocabulary = Vocabulary.FromText("abc", new VocabularyOptions());

    [Fact]
    public void Add_is_the_log_probability_of_the_tokens()
    {
        float[][] table = [[0.25f, 0.25f, 0.25f, 0.25f], [0.5f, 0.125f, 0.25f, 0.125f], [0, 0, 0, 1], [0.125f, 0.5f, 0.25f, 0.125f]];
        TextScorer scorer = new(new TestDecoder(4, 0, table), s_vocabulary, 1);

        scorer.Add("bca");

        Assert.Equal(Math.Log(0.25 * 1 * 0.5), scorer.LogProbability, 1e-12);
        Assert.Equal((3, 0), (scorer.Tokens, scorer.UnknownTokens));
        Assert.Equal(Math.Log(8) / 3, scorer.NatsPerToken, 1e-12);
        Assert.Equal(2, scorer.Perplexity, 1e-12);
    }

    [Fact]
    public void Add_in_parts_is_the_same_as_at_once()
    {
        const string text = "abcabxcabba";
        TextScorer whole = new(new TestDecoder(4, 3), s_vocabulary, 1), parts = new(new TestDecoder(4, 3), s_vocabulary, 1), tokens = new(new TestDecoder(4, 3), s_vocabulary, 1);

        whole.Add(text);
        parts.Add(text.AsSpan(0, 4));
        parts.Add("");
        parts.Add(text.AsSpan(4));
        tokens.Add(s_vocabulary.Encode(text));

        Assert.Equal(whole.LogProbability, parts.LogProbability);
        Assert.Equal(whole.LogProbability, tokens.LogProbability);
        Assert.Equal(whole.LogProbability, SequenceProbability.LogProbability(new TestDecoder(4, 3), 1, s_vocabulary.Encode(text), new float[4]), 1e-9);
        Assert.Equal((11, 1), (parts.Tokens, parts.UnknownTokens));
    }

    [Fact]
    public void Add_of_an_impossible_token_makes_the_perplexity_infinite()
    {
        TextScorer scorer = new(new TestDecoder(4, 0, [[0, 1, 0, 0], [0, 1, 0, 0], [0, 1, 0, 0], [0, 1, 0, 0]]), s_vocabulary, 0);

        scorer.Add("ab");

        Assert.Equal(double.PositiveInfinity, scorer.Perplexity);
    }

    [Fact]
    public void TextScorer_refuses_wrong_arguments()
    {
        Assert.Contains("4 tokens; allowed: 3", Assert.Throws<ArgumentException>(() => new TextScorer(new TestDecoder(3, 0), s_vocabulary, 0)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new TextScorer(new TestDecoder(4, 0), s_vocabulary, 4));
        TextScorer scorer = new(new TestDecoder(5, 0), s_vocabulary, 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => scorer.Add([4])); // a token of the model alone
        Assert.Throws<InvalidOperationException>(() => scorer.NatsPerToken);
        Assert.Throws<InvalidOperationException>(() => scorer.Perplexity);
    }

    [Fact]
    public void Add_allocates_nothing()
    {
        TextScorer scorer = new(new TestDecoder(4, 0), s_vocabulary, 0);
        LossAssert.AllocatesNothing(() => scorer.Add("abxc"));
    }
}
