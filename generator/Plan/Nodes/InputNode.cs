namespace Seq.Embedded.Generator.Plan.Nodes;

/// <summary>The input vectors of the model, one a time step.</summary>
internal sealed class InputNode(int width, Axis axis) : Node
{
    public override string Member => "Input";

    public override Axis Axis => axis;

    public override int? Width => width;

    /// <summary>Inputs are the caller's and lie side by side.</summary>
    public override int? Stride => width;

    public override bool HasRunRows => false;
}
