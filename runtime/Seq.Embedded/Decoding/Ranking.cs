using Seq.Embedded.Kernels;

namespace Seq.Embedded.Decoding;

/// <summary>The best so many of the offers made, best first; among equals the one that came first. Memory is taken at creation.</summary>
internal sealed class Ranking
{
    private readonly double[] _scores;
    private readonly int[] _sources;
    private readonly int[] _tokens;

    internal Ranking(int capacity)
    {
        _scores = new double[capacity];
        _sources = new int[capacity];
        _tokens = new int[capacity];
    }

    internal int Count { get; private set; }

    internal bool IsFull => Count == _scores.Length;

    internal double Score(int rank) => _scores[rank];

    /// <summary>What was offered: the hypothesis.</summary>
    internal int Source(int rank) => _sources[rank];

    /// <summary>What was offered: the token that it goes on with.</summary>
    internal int Token(int rank) => _tokens[rank];

    internal void Clear() => Count = 0;

    /// <summary>Whether an offer would be taken: not one of ln 0 or NaN, nor one that is no better than the worst where all places are taken.</summary>
    internal bool Takes(double score) => score > (IsFull ? _scores[^1] : LogSpace.Zero);

    /// <summary>Takes an offer, where it is among the best; the worst may fall out.</summary>
    internal void Offer(double score, int source, int token = -1)
    {
        if (!Takes(score))
        {
            return;
        }

        int at = IsFull ? Count - 1 : Count++;
        for (; at > 0 && score > _scores[at - 1]; at--)
        {
            _scores[at] = _scores[at - 1];
            _sources[at] = _sources[at - 1];
            _tokens[at] = _tokens[at - 1];
        }

        _scores[at] = score;
        _sources[at] = source;
        _tokens[at] = token;
    }
}
