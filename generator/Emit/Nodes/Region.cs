namespace Seq.Embedded.Generator.Emit.Nodes;

/// <summary>One region of a shard's memory: its name, its size in floats per row and per sequence, and its shape and content for people.</summary>
internal sealed record Region(string Name, string PerRow, string PerSequence, string Shape)
{
    /// <summary>Number of the axis of time whose steps the rows are.</summary>
    public int Axis { get; init; }

    /// <summary>Number of the layer that it belongs to.</summary>
    public int Layer { get; init; }

    /// <summary>True for what a layer below the lowest trained one has none of: gradients and masks of dropout.</summary>
    public bool IsGradient { get; init; }

    /// <summary>The region as one that is there where the gradient goes down to a layer.</summary>
    public Region AsGradient(int layer) => this with { IsGradient = true, Layer = layer };
}
