namespace Seq.Embedded.Generator.Plan.Nodes;

/// <summary>A vector that outlives a time step. It lies in the stream's state twice: a step reads one copy and writes the other.</summary>
/// <param name="Name">Name for people: <c>h of gru</c>.</param>
/// <param name="Width">Number of values.</param>
/// <param name="Offset">Where the first copy begins, in floats.</param>
internal sealed record StatePlan(string Name, int Width, int Offset)
{
    /// <summary>The axis of time whose steps write it.</summary>
    public Axis Axis { get; init; } = Axis.Sequence;

    /// <summary>Where the trained vector lies in the weights that the state begins with, or null for zero.</summary>
    public int? InitialOffset { get; init; }

    /// <summary>Floats of one copy.</summary>
    public int Padded => ModelPlan.Padded(Width);
}
