namespace Seq.Embedded.Generator.Plan.Nodes;

/// <summary>What the rows of a node stand for: the time steps of a sequence, or the sequence as a whole.</summary>
internal sealed class Axis
{
    private Axis(int index) => Index = index;

    /// <summary>One row a time step of the input.</summary>
    public static Axis Steps { get; } = new(0);

    /// <summary>One row a sequence.</summary>
    public static Axis Sequence { get; } = new(-1);

    /// <summary>Number of the axis of time; negative for <see cref="Sequence"/>.</summary>
    public int Index { get; }

    public bool IsTime => Index >= 0;
}
