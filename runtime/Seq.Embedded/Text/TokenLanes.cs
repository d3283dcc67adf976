namespace Seq.Embedded.Text;

/// <summary>Cuts a long text into the sequences of truncated back-propagation through time.</summary>
/// <remarks>
/// With N tokens and B lanes, lane b is the run of L = floor((N - 1) / B) tokens from b L on, and chunk c of it has the tokens from c T on, T of them or, in the last chunk, what is
/// left. The target of a token is the one after it. So a training step takes chunk c of all lanes, each with the state that its chunk c - 1 ended in, and the model reads B texts
/// of L tokens side by side. Up to B - 1 tokens at the end are not used. Holds no copy of the tokens, and allocates nothing after its creation.
/// </remarks>
public sealed class TokenLanes
{
    private readonly ReadOnlyMemory<int> _tokens;

    /// <summary>Cuts a text.</summary>
    /// <param name="tokens">The tokens (N); more than there are lanes.</param>
    /// <param name="lanes">Sequences of a training step (B); 1 or more.</param>
    /// <param name="steps">The most tokens of a sequence (T); 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    /// <exception cref="ArgumentException">There are too few tokens.</exception>
    public TokenLanes(ReadOnlyMemory<int> tokens, int lanes, int steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lanes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        if (tokens.Length <= lanes)
        {
            throw new ArgumentException($"There are {tokens.Length} tokens; {lanes} lanes need {lanes + 1L} or more.", nameof(tokens));
        }

        _tokens = tokens;
        Lanes = lanes;
        Steps = steps;
        LaneLength = (tokens.Length - 1) / lanes;
    }

    /// <summary>Sequences of a training step (B).</summary>
    public int Lanes { get; }

    /// <summary>The most tokens of a sequence (T).</summary>
    public int Steps { get; }

    /// <summary>Tokens of a lane (L).</summary>
    public int LaneLength { get; }

    /// <summary>Training steps until the text is read once: ceil(L / T).</summary>
    public int Chunks => ((LaneLength - 1) / Steps) + 1;

    /// <summary>The tokens of a chunk of a lane.</summary>
    /// <param name="chunk">The chunk, 0 to <see cref="Chunks"/> - 1.</param>
    /// <param name="lane">The lane, 0 to <see cref="Lanes"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such chunk or lane.</exception>
    public ReadOnlySpan<int> GetInputs(int chunk, int lane) => Get(chunk, lane, ahead: 0);

    /// <summary>The token that follows each of <see cref="GetInputs"/>.</summary>
    /// <param name="chunk">The chunk, 0 to <see cref="Chunks"/> - 1.</param>
    /// <param name="lane">The lane, 0 to <see cref="Lanes"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such chunk or lane.</exception>
    public ReadOnlySpan<int> GetTargets(int chunk, int lane) => Get(chunk, lane, ahead: 1);

    private ReadOnlySpan<int> Get(int chunk, int lane, int ahead)
    {
        Check(chunk, Chunks, nameof(chunk));
        Check(lane, Lanes, nameof(lane));
        int first = chunk * Steps;
        return _tokens.Span.Slice((lane * LaneLength) + first + ahead, Math.Min(Steps, LaneLength - first));
    }

    private static void Check(int value, int count, string name)
    {
        if (unchecked((uint)value) >= (uint)count)
        {
            throw new ArgumentOutOfRangeException(name, value, $"Allowed: 0 to {count - 1}.");
        }
    }
}
