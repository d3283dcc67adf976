using Seq.Embedded.Generator.Plan.Nodes;

namespace Seq.Embedded.Generator.Emit.Nodes;

/// <summary>The model's input: rows of the caller, whose gradient nobody asks for.</summary>
internal sealed class InputEmitter(GraphEmitter graph, InputNode node) : NodeEmitter(graph, node)
{
    public override string Title => "input";

    public override string RunRows => "inputs";

    public override string Rows => "shard.Inputs";

    public override bool WantsGradient => false;

    public override string OutputRegion => throw new InvalidOperationException("The input is no region.");

    public override string GradientRegion => throw new InvalidOperationException("The input has no gradient.");

    public override string StepRow(string copy) => "ref SeqMemory.GetReference(input)";

    public override string SettledRow(string length) => "input";
}
