using Seq.Embedded.Decoding;

namespace Seq.Embedded.Text;

/// <summary>How probable a language model finds a text that comes in pieces: log-probability and perplexity.</summary>
/// <remarks>
/// <code>
/// ln P(text)  = sum_t ln P(token_t | start, token_1 .. token_t-1)
/// perplexity  = exp(-ln P / n), n the number of tokens
/// </code>
/// The model's state is carried from piece to piece, so the result is that of the whole text, however it is cut. One thread at a time may use a scorer.
/// </remarks>
public sealed class TextScorer
{
    private readonly ISequenceDecoder _model;
    private readonly Vocabulary _vocabulary;
    private readonly float[] _probabilities;
    private int _last;

    /// <summary>Begins at the state that the model is in.</summary>
    /// <param name="model">The model, such as a generated <c>Stream</c>; the scorer changes its state.</param>
    /// <param name="vocabulary">Its vocabulary.</param>
    /// <param name="startToken">The token before the first one of the text.</param>
    /// <exception cref="ArgumentException">The vocabulary has more tokens than the model.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The start token is no token.</exception>
    public TextScorer(ISequenceDecoder model, Vocabulary vocabulary, int startToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(vocabulary);
        if (vocabulary.Count > model.VocabularySize)
        {
            throw new ArgumentException($"The vocabulary has {vocabulary.Count} tokens; allowed: {model.VocabularySize}, those of the model, or fewer.", nameof(vocabulary));
        }

        Decoding.Tokens.Check(startToken, vocabulary.Count, nameof(startToken));
        _model = model;
        _vocabulary = vocabulary;
        _probabilities = new float[model.VocabularySize];
        _last = startToken;
    }

    /// <summary>Number of tokens (n).</summary>
    public long Tokens { get; private set; }

    /// <summary>How many of them stand for unknown pieces.</summary>
    public long UnknownTokens { get; private set; }

    /// <summary>ln P(text) in nats; -infinity where a token has the probability 0, NaN where it is NaN.</summary>
    public double LogProbability { get; private set; }

    /// <summary>-ln P / n: the cross-entropy in nats.</summary>
    /// <exception cref="InvalidOperationException">There is no token yet.</exception>
    public double NatsPerToken => -LogProbability / Counted;

    /// <summary>exp(-ln P / n): of how many equally probable tokens a model that is as unsure would choose.</summary>
    /// <exception cref="InvalidOperationException">There is no token yet.</exception>
    public double Perplexity => SequenceProbability.Perplexity(LogProbability, Counted);

    private long Counted => Tokens > 0 ? Tokens : throw new InvalidOperationException("There is no token yet; add a text first.");

    /// <summary>Goes on with the next part of the text; a word or a surrogate pair must not be cut in two. Allocates nothing.</summary>
    /// <param name="text">The part; may be empty.</param>
    /// <exception cref="ArgumentException">A piece has no token, and there is none for unknown pieces; those before it are added.</exception>
    public void Add(ReadOnlySpan<char> text)
    {
        TextPieces pieces = new(text, _vocabulary.Unit);
        while (pieces.MoveNext())
        {
            Step(_vocabulary.GetToken(pieces.Current));
        }
    }

    /// <summary>Goes on with the next tokens. Allocates nothing.</summary>
    /// <param name="tokens">The tokens; may be none.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token; those before it are added.</exception>
    public void Add(ReadOnlySpan<int> tokens)
    {
        foreach (int token in tokens)
        {
            Decoding.Tokens.Check(token, _vocabulary.Count, nameof(tokens));
            Step(token);
        }
    }

    private void Step(int token)
    {
        LogProbability += SequenceProbability.LogProbability(_model, _last, new ReadOnlySpan<int>(in token), _probabilities);
        Tokens++;
        UnknownTokens += token == _vocabulary.UnknownToken ? 1 : 0;
        _last = token;
    }
}
