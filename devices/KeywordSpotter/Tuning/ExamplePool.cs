namespace KeywordSpotter.Tuning;

/// <summary>
/// Examples of one kind that are learned from several times, as what the frozen layers made of them; the oldest gives its place to a new one. One thread.
/// </summary>
/// <param name="capacity">The most examples.</param>
internal sealed class ExamplePool(int capacity)
{
    private readonly List<PooledExample> _examples = new(capacity);
    private int _oldest;

    public int Count => _examples.Count;

    /// <summary>A place for a new example: one that is free, or that of the oldest.</summary>
    public PooledExample Next()
    {
        if (_examples.Count < capacity)
        {
            _examples.Add(new PooledExample());
            return _examples[^1];
        }

        PooledExample example = _examples[_oldest];
        _oldest = (_oldest + 1) % capacity;
        return example;
    }

    /// <summary>The hardest of so many drawn at random.</summary>
    public PooledExample Draw(ref Draws draws, int among)
    {
        PooledExample best = _examples[draws.Below(_examples.Count)];
        for (int i = 1; i < among; i++)
        {
            PooledExample other = _examples[draws.Below(_examples.Count)];
            best = other.Hardness > best.Hardness ? other : best;
        }

        return best;
    }
}
