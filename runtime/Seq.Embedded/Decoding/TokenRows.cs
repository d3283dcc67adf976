namespace Seq.Embedded.Decoding;

/// <summary>Sequences of tokens with their log-probabilities; memory is taken at creation.</summary>
internal sealed class TokenRows
{
    private readonly int _maxTokens;
    private readonly int[] _tokens;
    private readonly int[] _lengths;
    private readonly double[] _logProbabilities;

    internal TokenRows(int rows, int maxTokens)
    {
        _maxTokens = maxTokens;
        _tokens = new int[rows * maxTokens];
        _lengths = new int[rows];
        _logProbabilities = new double[rows];
    }

    internal int Count { get; private set; }

    internal ReadOnlySpan<int> Row(int row) => _tokens.AsSpan(row * _maxTokens, _lengths[row]);

    internal double LogProbability(int row) => _logProbabilities[row];

    internal void Clear() => Count = 0;

    internal void Add(ReadOnlySpan<int> tokens, double logProbability) => Set(Count++, tokens, logProbability);

    /// <summary>A row and one token more.</summary>
    internal void Add(ReadOnlySpan<int> tokens, int token, double logProbability)
    {
        Set(Count, tokens, logProbability);
        _tokens[(Count * _maxTokens) + _lengths[Count]++] = token;
        Count++;
    }

    internal void Set(int row, ReadOnlySpan<int> tokens, double logProbability)
    {
        tokens.CopyTo(_tokens.AsSpan(row * _maxTokens));
        _lengths[row] = tokens.Length;
        _logProbabilities[row] = logProbability;
    }
}
