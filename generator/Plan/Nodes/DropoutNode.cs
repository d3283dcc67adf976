namespace Seq.Embedded.Generator.Plan.Nodes;

/// <summary>Dropout of a layer's output in training; in inference the rows are those of its source, which has no other reader.</summary>
internal sealed class DropoutNode(Node source, LayerPlan layer) : Node(source)
{
    public LayerPlan Layer { get; } = layer;

    public override string Member => Layer.Member;

    public override int? Width => Sources[0].Width;

    public override Node Storage => Sources[0].Storage;
}
