namespace Seq.Embedded.Generator.Plan.Nodes;

/// <summary>What the rows of a node stand for: steps of time, or the sequence as a whole.</summary>
internal sealed class Axis(int index, int stride)
{
    /// <summary>One row a sequence.</summary>
    public static Axis Sequence { get; } = new(-1, 0);

    /// <summary>Number of the axis of time among those of the model, 0 for that of the input; negative for <see cref="Sequence"/>.</summary>
    public int Index { get; } = index;

    /// <summary>Time steps of the input from one row to the next: row j stands for time step j * Stride.</summary>
    public int Stride { get; } = stride;

    public bool IsTime => Index >= 0;
}
