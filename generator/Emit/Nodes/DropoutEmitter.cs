using System.Globalization;
using Seq.Embedded.Generator.Plan;
using Seq.Embedded.Generator.Plan.Nodes;

namespace Seq.Embedded.Generator.Emit.Nodes;

/// <summary>Dropout: a mask of its own and the rows times it, when the trainer is in training and the layer is not frozen below all trained ones.</summary>
internal sealed class DropoutEmitter(GraphEmitter graph, DropoutNode node) : NodeEmitter(graph, node)
{
    private LayerPlan Layer => node.Layer;

    private string Mask => Layer.Member + "_Mask";

    private string Dropped => Layer.Member + "_Dropped";

    private string Drops => $"shard.Drops({Names.Number(node.LayerNumber)})";

    public override string Title => $"{Layer.Name}: dropout";

    public override string RunRows => Source.RunRows;

    public override string Rows => $"({Drops} ? {Region(Dropped)} : {Source.Rows})";

    public override string ForwardGuard => Drops;

    public override string BackwardGuard => Drops;

    public override string OutputRegion => throw new InvalidOperationException("Dropout is not the last node.");

    /// <summary>The gradient of the source's rows, which the backward pass multiplies by the mask.</summary>
    public override string GradientRegion => Source.GradientRegion;

    public override IEnumerable<Region> Regions =>
    [
        Graph.RegionOf(Node, Mask, "0 where an output is dropped, else the scale of those that stay").AsGradient(node.LayerNumber),
        Graph.RegionOf(Node, Dropped, "outputs times mask").AsGradient(node.LayerNumber),
    ];

    public override string StepRow(string copy) => Source.StepRow(copy);

    public override string SettledRow(string length) => Source.SettledRow(length);

    public override void Forward(CodeWriter code)
    {
        string probability = ((float)Layer.Spec.Dropout).ToString("R", CultureInfo.InvariantCulture) + "f";
        code.Line($"shard.Dropout({Names.Number(Layer.Index)}, {probability}, {(Node.Axis.IsTime ? Time : "null")}, {Names.Number(Node.Width!.Value)}, {Stride}, {Source.Rows}, {Region(Mask)}, {Region(Dropped)});");
    }

    public override void Backward(CodeWriter code)
    {
        code.Line($"SeqSpan dropped = {Gradient}.Slice(0, {Count} * {Stride});");
        code.Line($"global::System.Numerics.Tensors.TensorPrimitives.Multiply<float>(dropped, {Region(Mask)}.Slice(0, dropped.Length), dropped);");
    }
}
