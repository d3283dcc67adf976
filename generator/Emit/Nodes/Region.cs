namespace Seq.Embedded.Generator.Emit.Nodes;

/// <summary>One region of a shard's memory: its name, its size in floats per row and per sequence, and its shape and content for people.</summary>
internal sealed record Region(string Name, string PerRow, string PerSequence, string Shape)
{
    /// <summary>Number of the axis of time whose steps the rows are.</summary>
    public int Axis { get; init; }
}
