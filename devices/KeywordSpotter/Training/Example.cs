namespace KeywordSpotter.Training;

/// <summary>One prepared training example; the memory is reused.</summary>
internal sealed class Example(int steps, int features)
{
    /// <summary>(steps, features).</summary>
    public float[] Features { get; } = new float[steps * features];

    /// <summary>Output of the keyword that is spoken, 0 for none.</summary>
    public int Label { get; set; }
}
