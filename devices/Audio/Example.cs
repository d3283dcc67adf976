namespace Devices.Audio;

/// <summary>One prepared training example; the memory is reused.</summary>
internal sealed class Example(int steps, int features, int targets = 0)
{
    /// <summary>(steps, features).</summary>
    public float[] Features { get; } = new float[steps * features];

    /// <summary>Feature vectors that are used; all of them, unless it is set.</summary>
    public int Steps { get; set; } = steps;

    /// <summary>Further numbers to learn, for those who want some.</summary>
    public int[] Targets { get; } = new int[targets];

    /// <summary>Output of the model for what is spoken.</summary>
    public int Label { get; set; }
}
