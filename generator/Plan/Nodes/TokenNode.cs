namespace Seq.Embedded.Generator.Plan.Nodes;

/// <summary>The input tokens of the model, one a time step: 0 to <paramref name="vocabulary"/> - 1.</summary>
internal sealed class TokenNode(int vocabulary, Axis axis) : InputNode(vocabulary, axis)
{
    public override bool HoldsTokens => true;
}
