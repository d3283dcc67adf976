namespace Seq.Embedded.Generator.Plan.Nodes;

/// <summary>How two rows become one.</summary>
internal enum MergeKind
{
    /// <summary>[left; right].</summary>
    Concatenate,

    /// <summary>left + right.</summary>
    Sum,

    /// <summary>(left + right) / 2.</summary>
    Average,
}

/// <summary>One row from two: of both directions of a layer, or of a layer and its input.</summary>
/// <param name="left">The first row.</param>
/// <param name="right">The second, of the same axis; as wide as the first but for a concatenation.</param>
/// <param name="kind">How they become one.</param>
/// <param name="layer">Name of the layer.</param>
/// <param name="isResidual">True where the second is the input of the layer.</param>
internal sealed class MergeNode(Node left, Node right, MergeKind kind, string layer, bool isResidual) : Node(left, right)
{
    public MergeKind Kind { get; } = kind;

    public bool IsResidual { get; } = isResidual;

    /// <summary>Name of the layer.</summary>
    public string Layer { get; } = layer;

    /// <summary>What it is, for people.</summary>
    public string Title => IsResidual ? "output plus input" : Kind switch
    {
        MergeKind.Concatenate => "both directions side by side",
        MergeKind.Sum => "sum of both directions",
        _ => "average of both directions",
    };

    public override int? Width => Kind == MergeKind.Concatenate ? Sources[0].Width + Sources[1].Width : Sources[0].Width;

    public override int StepScratch => Stride!.Value;
}
