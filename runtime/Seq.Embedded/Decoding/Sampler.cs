using Seq.Embedded.Kernels;
using Seq.Embedded.Training;

namespace Seq.Embedded.Decoding;

/// <summary>Draws tokens at random: with a temperature, of the most probable ones (top-k), of those that share most of the probability (top-p).</summary>
/// <remarks>
/// With p the probabilities, T the temperature, k and s the limits:
/// <code>
/// w_i = (p_i / max p)^(1 / T)
/// K   = the k tokens of the highest w; of equal ones the lower
/// N   = the first tokens of K, the highest w first, until their sum is at least s * (sum of w over K)
/// q_i = w_i / (sum of w over N) for i in N, else 0
/// </code>
/// and token i is drawn with the probability q_i. T = 0 takes the most probable token, the lowest of equal ones, as <see cref="Greedy"/> does. A probability that is NaN or
/// infinite counts as 0. Draw n depends on the seed, n and the probabilities only (<see cref="CounterRandom"/>).
/// Sources: top-k, Fan, Lewis and Dauphin, "Hierarchical Neural Story Generation" (2018); top-p, Holtzman et al., "The Curious Case of Neural Text Degeneration" (2020).
/// One thread at a time may use a sampler.
/// </remarks>
public sealed class Sampler
{
    /// <summary>What <see cref="Draw"/> returns where no token has a probability above 0.</summary>
    public const int None = -1;

    private const double Unit = 1.0 / (1L << 32);

    private readonly SamplerOptions _options;
    private readonly CounterRandom _random;
    private readonly double[] _weights;
    private readonly int[] _order;
    private readonly float[] _probabilities;
    private readonly Comparison<int> _heavierFirst;

    /// <summary>Takes all memory: 16 V bytes.</summary>
    /// <param name="vocabularySize">Number of tokens (V); 1 or more.</param>
    /// <param name="options">Temperature, limits and seed.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no token, or an option is out of its range.</exception>
    public Sampler(int vocabularySize, SamplerOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, 1);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        _options = options;
        _random = new CounterRandom(options.Seed, 0);
        _weights = new double[vocabularySize];
        _order = new int[vocabularySize];
        _probabilities = new float[vocabularySize];
        _heavierFirst = (a, b) => _weights[a] != _weights[b] ? _weights[b].CompareTo(_weights[a]) : a - b;
    }

    /// <summary>Number of tokens (V).</summary>
    public int VocabularySize => _weights.Length;

    /// <summary>Number of tokens drawn: which random number is next. Set it to 0 to begin anew.</summary>
    public ulong Draws { get; set; }

    /// <summary>Draws a token. Allocates nothing.</summary>
    /// <param name="probabilities">The probabilities (V); their sum does not matter.</param>
    /// <returns>The token, or <see cref="None"/>.</returns>
    /// <exception cref="ArgumentException">There are not V probabilities.</exception>
    public int Draw(ReadOnlySpan<float> probabilities)
    {
        double sum = Weigh(probabilities);
        double left = _random.GetBits(Draws++) * Unit * sum;
        int drawn = None;
        for (int token = 0; token < _weights.Length; token++)
        {
            if (_weights[token] > 0)
            {
                drawn = token; // the last one stays where rounding leaves a rest
                left -= _weights[token];
                if (left < 0)
                {
                    break;
                }
            }
        }

        return drawn;
    }

    /// <summary>The distribution that <see cref="Draw"/> draws from (q above): zeros where no token has a probability above 0. Draws and allocates nothing.</summary>
    /// <param name="probabilities">The probabilities (V).</param>
    /// <param name="destination">Receives q (V); may be the same memory.</param>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    public void GetDistribution(ReadOnlySpan<float> probabilities, Span<float> destination)
    {
        Shapes.Check(destination.Length, VocabularySize, nameof(destination));
        double sum = Weigh(probabilities);
        for (int token = 0; token < _weights.Length; token++)
        {
            destination[token] = sum > 0 ? (float)(_weights[token] / sum) : 0;
        }
    }

    /// <summary>Generates tokens from the decoder's state on, until the end token or the end of the output. Allocates nothing.</summary>
    /// <remarks>Where no token has a probability above 0 the sequence ends, with a log-probability of -infinity. The decoder is left in the state after its last step.</remarks>
    /// <param name="decoder">The decoder.</param>
    /// <param name="startToken">The token before the first one of the output.</param>
    /// <param name="endToken">The token that ends the sequence, or <see cref="Greedy.NoEnd"/>; it is not written to the output.</param>
    /// <param name="output">Receives the tokens; its length is their limit.</param>
    /// <param name="logProbability">Sum of ln p of the tokens as the decoder gives p, the end token included where it was reached.</param>
    /// <returns>The number of tokens; less than the output's length where the sequence ended by itself.</returns>
    /// <exception cref="ArgumentException">The decoder has another vocabulary.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The start token is no token, or the end token neither a token nor <see cref="Greedy.NoEnd"/>.</exception>
    public int Decode(ISequenceDecoder decoder, int startToken, int endToken, Span<int> output, out double logProbability)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        if (decoder.VocabularySize != VocabularySize)
        {
            throw new ArgumentException($"The decoder has {decoder.VocabularySize} tokens; allowed: {VocabularySize}.", nameof(decoder));
        }

        Tokens.Check(startToken, VocabularySize, nameof(startToken));
        Tokens.CheckEnd(endToken, VocabularySize, nameof(endToken));
        logProbability = 0;
        int token = startToken;
        for (int count = 0; count < output.Length; count++)
        {
            decoder.Step(token, _probabilities);
            token = Draw(_probabilities);
            logProbability += token == None ? double.NegativeInfinity : Math.Log(_probabilities[token]);
            if (token == None || token == endToken)
            {
                return count;
            }

            output[count] = token;
        }

        return output.Length;
    }

    /// <summary>Sets the weights (w above), zero outside N.</summary>
    /// <returns>Their sum.</returns>
    private double Weigh(ReadOnlySpan<float> probabilities)
    {
        Shapes.Check(probabilities.Length, VocabularySize, nameof(probabilities));
        float highest = 0;
        foreach (float p in probabilities)
        {
            highest = float.IsFinite(p) && p > highest ? p : highest;
        }

        // Relative to the highest, so that a low temperature leaves that one a weight of 1.
        int positive = 0;
        double sum = 0;
        for (int token = 0; token < probabilities.Length; token++)
        {
            float p = probabilities[token];
            double weight = p > 0 && float.IsFinite(p) ? Power((double)p / highest) : 0;
            _weights[token] = weight;
            if (weight > 0)
            {
                _order[positive++] = token;
                sum += weight;
            }
        }

        int most = _options.Temperature == 0 ? 1 : _options.TopK == 0 ? positive : _options.TopK;
        return most < positive || _options.TopP < 1 ? Restrict(positive, most) : sum;
    }

    private double Power(double ratio) => _options.Temperature switch
    {
        0 => ratio < 1 ? 0 : 1,
        1 => ratio,
        double temperature => Math.Pow(ratio, 1 / temperature),
    };

    /// <summary>Takes the weights of all tokens but those of N away.</summary>
    /// <param name="positive">How many tokens have a weight: they stand in the order's beginning.</param>
    /// <param name="most">The most tokens to keep (k).</param>
    /// <returns>The sum of the weights kept.</returns>
    private double Restrict(int positive, int most)
    {
        Span<int> order = _order.AsSpan(0, positive);
        order.Sort(_heavierFirst);
        int candidates = Math.Min(most, positive);
        double all = 0;
        for (int i = 0; i < candidates; i++)
        {
            all += _weights[order[i]];
        }

        int kept = 0;
        double sum = 0;
        while (kept < candidates && (kept == 0 || _options.TopP == 1 || sum < _options.TopP * all))
        {
            sum += _weights[order[kept++]];
        }

        foreach (int token in order[kept..])
        {
            _weights[token] = 0;
        }

        return sum;
    }
}
