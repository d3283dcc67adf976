namespace Seq.Embedded.Decoding;

/// <summary>Beam search: the most probable sequences of a decoder, as far as a beam of limited width finds them.</summary>
/// <remarks>
/// With W = width, at every step each hypothesis of the beam goes on with every token, and the W best that do not end are the next beam.
/// A hypothesis that goes on with the end token is finished if it is among the W best of all. The search ends when no hypothesis of the beam can
/// become better than the W finished ones, or when the hypotheses have the most tokens allowed: those are results too, without an end. The score is
/// <code>
/// score = ln P(tokens) / n^alpha
/// </code>
/// with n tokens, the end token among them (Wu et al., "Google's Neural Machine Translation System", 2016, section 7): alpha = 0 compares
/// probabilities, which favours short sequences, alpha = 1 probabilities per token. With W = 1 and alpha = 0 the result is that of <see cref="Greedy"/>.
/// Among equal scores the hypothesis with the better beginning comes first, then the lower token.
/// One thread at a time may use a search.
/// </remarks>
public sealed class BeamSearch
{
    private readonly float[] _probabilities;
    private readonly float[] _start;
    private readonly Ranking _candidates;
    private readonly Ranking _finished;
    private readonly TokenRows _results;
    private readonly bool[] _complete;
    private TokenRows _beam;
    private TokenRows _nextBeam;
    private float[] _states;
    private float[] _nextStates;

    /// <summary>Takes all memory: 4 (2 W S + S + 3 W N + V) + 85 W bytes.</summary>
    /// <param name="vocabularySize">Number of tokens (V).</param>
    /// <param name="stateSize">Values of the decoder's state (S).</param>
    /// <param name="width">Hypotheses of the beam, and the most results (W).</param>
    /// <param name="maxTokens">The most tokens of a result (N): also the most steps, one of which the end token takes.</param>
    /// <param name="alpha">How much the length counts: 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range, or W S, W N or 2 W is more than an array can hold.</exception>
    public BeamSearch(int vocabularySize, int stateSize, int width, int maxTokens, double alpha = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(stateSize);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokens, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)width * Math.Max(2, Math.Max(stateSize, maxTokens)), Array.MaxLength, nameof(width));
        if (!(alpha >= 0 && double.IsFinite(alpha)))
        {
            throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "The exponent of the length must be 0 or more, and finite.");
        }

        VocabularySize = vocabularySize;
        StateSize = stateSize;
        Width = width;
        MaxTokens = maxTokens;
        Alpha = alpha;
        _probabilities = new float[vocabularySize];
        _start = new float[stateSize];
        _candidates = new Ranking(2 * width);
        _finished = new Ranking(width);
        _results = new TokenRows(width, maxTokens);
        _complete = new bool[width];
        _beam = new TokenRows(width, maxTokens);
        _nextBeam = new TokenRows(width, maxTokens);
        _states = new float[width * stateSize];
        _nextStates = new float[width * stateSize];
    }

    /// <summary>Number of tokens.</summary>
    public int VocabularySize { get; }

    /// <summary>Values of the decoder's state.</summary>
    public int StateSize { get; }

    /// <summary>Hypotheses of the beam, and the most results.</summary>
    public int Width { get; }

    /// <summary>The most tokens of a result.</summary>
    public int MaxTokens { get; }

    /// <summary>How much the length counts.</summary>
    public double Alpha { get; }

    /// <summary>Number of results of the last <see cref="Decode"/>, the best first.</summary>
    public int Count => _finished.Count;

    /// <summary>Searches from the decoder's state on, and leaves the decoder in that state. Allocates nothing.</summary>
    /// <remarks>A token of probability 0 or NaN is never taken; where none is left there may be fewer results than the width, or none.</remarks>
    /// <param name="decoder">The decoder.</param>
    /// <param name="startToken">The token before the first one of a result.</param>
    /// <param name="endToken">The token that ends a sequence, or <see cref="Greedy.NoEnd"/>; it is not part of the results.</param>
    /// <returns>The number of results.</returns>
    /// <exception cref="ArgumentException">The decoder has another vocabulary or size of state than the search was created for.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The start token is no token, or the end token neither a token nor <see cref="Greedy.NoEnd"/>.</exception>
    public int Decode(ISequenceDecoder decoder, int startToken, int endToken)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        if (decoder.VocabularySize != VocabularySize || decoder.StateSize != StateSize)
        {
            throw new ArgumentException(
                $"The decoder has {decoder.VocabularySize} tokens and a state of {decoder.StateSize} values; allowed: {VocabularySize} and {StateSize}.", nameof(decoder));
        }

        Tokens.Check(startToken, VocabularySize, nameof(startToken));
        Tokens.CheckEnd(endToken, VocabularySize, nameof(endToken));
        decoder.SaveState(_start);
        _start.CopyTo(_states, 0);
        _finished.Clear();
        _beam.Clear();
        _beam.Add([], 0);
        for (int step = 0; step < MaxTokens && _beam.Count > 0 && !IsSettled(); step++)
        {
            Step(decoder, startToken);
            Select(endToken);
        }

        // Those that reached the most tokens allowed without an end.
        for (int i = 0; i < _beam.Count && _beam.Row(i).Length == MaxTokens; i++)
        {
            Finish(i, _beam.LogProbability(i), complete: false);
        }

        decoder.RestoreState(_start);
        return Count;
    }

    /// <summary>The tokens of a result, without the end token, until the next search. Allocates nothing.</summary>
    /// <param name="rank">0 for the best.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rank is not 0 to <see cref="Count"/> - 1.</exception>
    public ReadOnlySpan<int> GetTokens(int rank) => _results.Row(SlotOf(rank));

    /// <summary>ln P of a result, the end token included where it was reached.</summary>
    /// <param name="rank">0 for the best.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rank is not 0 to <see cref="Count"/> - 1.</exception>
    public double GetLogProbability(int rank) => _results.LogProbability(SlotOf(rank));

    /// <summary>ln P / n^alpha of a result: what the results are sorted by.</summary>
    /// <param name="rank">0 for the best.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rank is not 0 to <see cref="Count"/> - 1.</exception>
    public double GetScore(int rank) => _finished.Score(CheckRank(rank));

    /// <summary>Whether a result ended with the end token; otherwise it has <see cref="MaxTokens"/> tokens and might go on.</summary>
    /// <param name="rank">0 for the best.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rank is not 0 to <see cref="Count"/> - 1.</exception>
    public bool IsComplete(int rank) => _complete[SlotOf(rank)];

    /// <summary>Whether the best of the beam, at the length that favours it most, is no better than the worst result.</summary>
    private bool IsSettled() => _finished.IsFull && !_finished.Takes(_beam.LogProbability(0) / Math.Pow(MaxTokens, Alpha));

    /// <summary>Lets every hypothesis go on with every token.</summary>
    private void Step(ISequenceDecoder decoder, int startToken)
    {
        _candidates.Clear();
        for (int i = 0; i < _beam.Count; i++)
        {
            Span<float> state = State(_states, i);
            ReadOnlySpan<int> tokens = _beam.Row(i);
            decoder.RestoreState(state);
            decoder.Step(tokens.Length == 0 ? startToken : tokens[^1], _probabilities);
            decoder.SaveState(state);
            double before = _beam.LogProbability(i);
            for (int token = 0; token < _probabilities.Length; token++)
            {
                if (_probabilities[token] > 0)
                {
                    _candidates.Offer(before + Math.Log(_probabilities[token]), i, token);
                }
            }
        }
    }

    /// <summary>Finishes those of the best candidates that end, and makes the next beam of the others. Each hypothesis ends once, so twice the width is enough.</summary>
    private void Select(int endToken)
    {
        _nextBeam.Clear();
        for (int rank = 0; rank < _candidates.Count && _nextBeam.Count < Width; rank++)
        {
            int source = _candidates.Source(rank), token = _candidates.Token(rank);
            double logProbability = _candidates.Score(rank);
            if (token != endToken)
            {
                State(_states, source).CopyTo(State(_nextStates, _nextBeam.Count));
                _nextBeam.Add(_beam.Row(source), token, logProbability);
            }
            else if (rank < Width)
            {
                Finish(source, logProbability, complete: true);
            }
        }

        (_beam, _nextBeam) = (_nextBeam, _beam);
        (_states, _nextStates) = (_nextStates, _states);
    }

    private void Finish(int hypothesis, double logProbability, bool complete)
    {
        ReadOnlySpan<int> tokens = _beam.Row(hypothesis);
        double score = logProbability / Math.Pow(tokens.Length + (complete ? 1 : 0), Alpha);
        if (_finished.Takes(score))
        {
            // The place of the worst result, which falls out.
            int slot = _finished.IsFull ? _finished.Source(Count - 1) : Count;
            _finished.Offer(score, slot);
            _results.Set(slot, tokens, logProbability);
            _complete[slot] = complete;
        }
    }

    private Span<float> State(float[] states, int hypothesis) => states.AsSpan(hypothesis * StateSize, StateSize);

    private int SlotOf(int rank) => _finished.Source(CheckRank(rank));

    private int CheckRank(int rank) =>
        unchecked((uint)rank) < (uint)Count ? rank : throw new ArgumentOutOfRangeException(nameof(rank), rank, $"There are {Count} results; allowed: ranks below that, from 0.");
}
