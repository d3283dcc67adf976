using Seq.Embedded.Decoding;
using Seq.Embedded.Tests.Training;

namespace Seq.Embedded.Tests.Decoding;

public class BeamSearchTests
{
    [Theory]
    [InlineData(3, 5, 0)]
    [InlineData(3, 5, 1)]
    [InlineData(4, 4, 0.6)]
    [InlineData(4, 4, 2)]
    [InlineData(2, 7, 0)]
    public void Decode_with_room_for_all_finds_every_sequence_best_first(int vocabulary, int maxTokens, double alpha)
    {
        int end = vocabulary - 1;
        for (int seed = 1; seed <= 5; seed++)
        {
            List<(string Tokens, double Score, bool Complete)> expected = [];
            Enumerate(vocabulary, end, seed, [], maxTokens, alpha, expected);
            BeamSearch search = new(vocabulary, 2, width: 200, maxTokens, alpha);

            int count = search.Decode(new TestDecoder(vocabulary, seed), 0, end);

            Assert.Equal(expected.Count, count);
            (string Tokens, double Score, bool Complete)[] sorted = [.. expected.OrderByDescending(e => e.Score)];
            for (int rank = 0; rank < count; rank++)
            {
                Assert.Equal(sorted[rank].Tokens, CtcPaths.Key(search.GetTokens(rank)));
                Assert.Equal(sorted[rank].Score, search.GetScore(rank), 1e-12);
                Assert.Equal(sorted[rank].Complete, search.IsComplete(rank));
            }
        }
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(3, 1)]
    [InlineData(5, 0.7)]
    public void Decode_narrow_beam_is_that_of_the_plain_algorithm_which_never_stops_early(int width, double alpha)
    {
        const int Vocabulary = 6, End = 2, MaxTokens = 15;
        int saved = 0;
        for (int seed = 1; seed <= 20; seed++)
        {
            TestDecoder decoder = new(Vocabulary, seed);
            BeamSearch search = new(Vocabulary, 2, width, MaxTokens, alpha);

            int count = search.Decode(decoder, 1, End);

            List<(string Tokens, double Score)> expected = PlainBeam(Vocabulary, End, seed, 1, width, MaxTokens, alpha);
            Assert.Equal(expected.Select(e => e.Tokens), Enumerable.Range(0, count).Select(rank => CtcPaths.Key(search.GetTokens(rank))));
            for (int rank = 0; rank < count; rank++)
            {
                Assert.Equal(expected[rank].Score, search.GetScore(rank), 1e-12);
                int[] tokens = [.. search.GetTokens(rank), .. search.IsComplete(rank) ? [End] : Array.Empty<int>()];
                double logProbability = SequenceProbability.LogProbability(new TestDecoder(Vocabulary, seed), 1, tokens, new float[Vocabulary]);
                Assert.Equal(logProbability, search.GetLogProbability(rank), 1e-12);
                Assert.Equal(logProbability / Math.Pow(tokens.Length, alpha), search.GetScore(rank), 1e-12);
            }

            saved += 1 + ((MaxTokens - 1) * width) - decoder.Steps;
        }

        Assert.True(saved > 0, "No search stopped early.");
    }

    [Fact]
    public void Decode_of_width_1_is_greedy()
    {
        const int Vocabulary = 8, End = 7, MaxTokens = 8;
        BeamSearch search = new(Vocabulary, 2, 1, MaxTokens);
        int ended = 0;
        for (int seed = 1; seed <= 30; seed++)
        {
            int[] output = new int[MaxTokens];
            int count = Greedy.Decode(new TestDecoder(Vocabulary, seed), 0, End, new float[Vocabulary], output, out double logProbability);

            Assert.Equal(1, search.Decode(new TestDecoder(Vocabulary, seed), 0, End));

            Assert.Equal(output.AsSpan(0, count), search.GetTokens(0));
            Assert.Equal(logProbability, search.GetLogProbability(0), 1e-12);
            Assert.Equal(count < MaxTokens, search.IsComplete(0));
            ended += count < MaxTokens ? 1 : 0;
        }

        Assert.InRange(ended, 1, 29);
    }

    [Fact]
    public void Decode_finds_the_sequence_that_greedy_decoding_misses()
    {
        // Greedy: 1, then 0.4. Better: 2, then 0.9.
        float[][] table = [[0, 0.55f, 0.45f, 0], [0.3f, 0.3f, 0, 0.4f], [0.1f, 0, 0, 0.9f], [1, 0, 0, 0]];
        BeamSearch search = new(4, 2, 2, 5);

        search.Decode(new TestDecoder(4, 0, table), 0, endToken: 3);

        Assert.Equal([2], search.GetTokens(0));
        Assert.Equal(Math.Log((double)0.45f * 0.9f), search.GetLogProbability(0), 1e-12);
        Assert.Equal([1], search.GetTokens(1));
    }

    [Fact]
    public void Decode_equal_sequences_are_sorted_by_tokens()
    {
        float[] even = [0.25f, 0.25f, 0.25f, 0.25f];
        BeamSearch search = new(4, 2, 4, 2);

        search.Decode(new TestDecoder(4, 0, [even, even, even, even]), 0, Greedy.NoEnd);

        Assert.Equal(["0 0", "0 1", "0 2", "0 3"], Enumerable.Range(0, 4).Select(rank => CtcPaths.Key(search.GetTokens(rank))));
    }

    [Fact]
    public void Decode_never_takes_a_token_of_probability_0_or_NaN()
    {
        float[][] table = [[0, 0.5f, float.NaN, 0.5f], [0, 0, 0, 1], [1, 0, 0, 0], [0, 0, 0, 0]];
        BeamSearch search = new(4, 2, 8, 5);

        Assert.Equal(2, search.Decode(new TestDecoder(4, 0, table), 0, endToken: 3));
        Assert.True(search.GetTokens(0).IsEmpty);
        Assert.Equal([1], search.GetTokens(1));

        // Without an end nothing can follow the 3.
        Assert.Equal(0, search.Decode(new TestDecoder(4, 0, table), 0, Greedy.NoEnd));
        Assert.Throws<ArgumentOutOfRangeException>(() => search.GetTokens(0));
    }

    [Fact]
    public void Decode_again_gives_the_same_leaves_the_state_and_allocates_nothing()
    {
        TestDecoder decoder = new(6, 9);
        float state = decoder.State;
        BeamSearch search = new(6, 2, 4, 12, 0.5), other = new(6, 2, 4, 12, 0.5);
        search.Decode(new TestDecoder(6, 33), 0, 5);

        search.Decode(decoder, 0, 5);
        other.Decode(new TestDecoder(6, 9), 0, 5);

        Assert.Equal(state, decoder.State);
        Assert.Equal(other.Count, search.Count);
        for (int rank = 0; rank < other.Count; rank++)
        {
            Assert.Equal(other.GetTokens(rank), search.GetTokens(rank));
            Assert.Equal(other.GetScore(rank), search.GetScore(rank));
        }

        LossAssert.AllocatesNothing(() => search.Decode(decoder, 0, 5));
    }

    [Fact]
    public void Wrong_arguments_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new BeamSearch(0, 1, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BeamSearch(1, -1, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BeamSearch(1, 1, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BeamSearch(1, 1, 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BeamSearch(1, 100_000, 100_000, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BeamSearch(1, 1, int.MaxValue, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BeamSearch(1, 1, 1, 1, -0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BeamSearch(1, 1, 1, 1, double.NaN));
        BeamSearch search = new(4, 2, 2, 3);
        Assert.Equal(0, search.Count);
        Assert.Throws<ArgumentNullException>(() => search.Decode(null!, 0, 1));
        ArgumentException e = Assert.Throws<ArgumentException>(() => search.Decode(new TestDecoder(5, 0), 0, 1));
        Assert.Contains("5 tokens and a state of 2 values; allowed: 4 and 2", e.Message, StringComparison.Ordinal);
        Assert.Equal("startToken", Assert.Throws<ArgumentOutOfRangeException>(() => search.Decode(new TestDecoder(4, 0), -1, 1)).ParamName);
        Assert.Equal("endToken", Assert.Throws<ArgumentOutOfRangeException>(() => search.Decode(new TestDecoder(4, 0), 0, 4)).ParamName);
    }

    private static double[] Next(int vocabulary, int seed, int start, IEnumerable<int> tokens)
    {
        TestDecoder decoder = new(vocabulary, seed);
        float[] probabilities = new float[vocabulary];
        foreach (int token in tokens.Prepend(start))
        {
            decoder.Step(token, probabilities);
        }

        return [.. probabilities.Select(p => Math.Log(p))];
    }

    private static void Enumerate(
        int vocabulary, int end, int seed, int[] tokens, int maxTokens, double alpha, List<(string Tokens, double Score, bool Complete)> all, double logProbability = 0)
    {
        if (tokens.Length == maxTokens)
        {
            all.Add((CtcPaths.Key(tokens), logProbability / Math.Pow(tokens.Length, alpha), false));
            return;
        }

        double[] next = Next(vocabulary, seed, 0, tokens);
        for (int token = 0; token < vocabulary; token++)
        {
            double sum = logProbability + next[token];
            if (token == end)
            {
                all.Add((CtcPaths.Key(tokens), sum / Math.Pow(tokens.Length + 1, alpha), true));
            }
            else
            {
                Enumerate(vocabulary, end, seed, [.. tokens, token], maxTokens, alpha, all, sum);
            }
        }
    }

    private static List<(string Tokens, double Score)> PlainBeam(int vocabulary, int end, int seed, int start, int width, int maxTokens, double alpha)
    {
        List<(int[] Tokens, double Sum)> beam = [([], 0)];
        List<(string Tokens, double Score)> finished = [];
        for (int step = 0; step < maxTokens; step++)
        {
            List<(int[] Tokens, double Sum)> candidates =
                [.. beam.SelectMany(h => Next(vocabulary, seed, start, h.Tokens).Select((p, token) => (Tokens: (int[])[.. h.Tokens, token], Sum: h.Sum + p))).OrderByDescending(h => h.Sum)];
            finished.AddRange(candidates.Take(width).Where(h => h.Tokens[^1] == end).Select(h => (CtcPaths.Key(h.Tokens.AsSpan(..^1)), h.Sum / Math.Pow(step + 1, alpha))));
            beam = [.. candidates.Where(h => h.Tokens[^1] != end).Take(width)];
        }

        finished.AddRange(beam.Select(h => (CtcPaths.Key(h.Tokens), h.Sum / Math.Pow(maxTokens, alpha))));
        return [.. finished.OrderByDescending(h => h.Score).Take(width)];
    }
}
