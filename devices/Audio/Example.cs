namespace Devices.Audio;

/// <summary>One prepared training example; the memory is reused.</summary>
internal sealed class Example(int steps, int features)
{
    /// <summary>(steps, features).</summary>
    public float[] Features { get; } = new float[steps * features];

    /// <summary>Feature vectors that are used; all of them, unless it is set.</summary>
    public int Steps { get; set; } = steps;

    /// <summary>Output of the model for what is spoken.</summary>
    public int Label { get; set; }
}
