namespace KeywordSpotter.Tuning;

/// <summary>An example that waits to be learned from again.</summary>
internal sealed class PooledExample
{
    /// <summary>What the lowest tuned layer reads (T, width).</summary>
    public float[] Rows { get; set; } = [];

    /// <summary>What the model answered before it was tuned (T, outputs); empty where that does not matter.</summary>
    public float[] Before { get; set; } = [];

    /// <summary>Output of the model for what is spoken.</summary>
    public int Label { get; set; }

    /// <summary>Highest posterior of another keyword when it was last learned from; 1 before.</summary>
    public float Hardness { get; set; }
}
