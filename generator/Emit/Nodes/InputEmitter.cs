using Seq.Embedded.Generator.Plan.Nodes;

namespace Seq.Embedded.Generator.Emit.Nodes;

/// <summary>The model's input: rows of the caller, whose gradient nobody asks for.</summary>
internal class InputEmitter(GraphEmitter graph, InputNode node) : NodeEmitter(graph, node)
{
    public override string Title => "input";

    public override string RunRows => "inputs";

    public override string Rows => "shard.Inputs";

    public override int GradientLayer => -1;

    public override string OutputRegion => throw new InvalidOperationException("The input is no region.");

    public override string GradientRegion => throw new InvalidOperationException("The input has no gradient.");

    /// <summary>What the constant InputSize counts.</summary>
    public virtual string SizeText => "Number of values of one input vector (I).";

    /// <summary>The inputs of the model, as a sentence goes on: <c>40 inputs</c>.</summary>
    public virtual string Text => $"{Names.Number(node.Width!.Value)} inputs";

    /// <summary>The parameter of Step, its documentation, what it may do wrong, and the check of it.</summary>
    public virtual string StepParameter => "SeqReadOnlySpan input";

    public virtual string StepText => "<param name=\"input\">The input vector x (I).</param>";

    public virtual string StepCheck => "global::Seq.Embedded.Kernels.Shapes.Check(input.Length, InputSize, \"input\");";

    /// <summary>True where the output of a step may lie over its input.</summary>
    public virtual bool CanBeReplaced => true;

    /// <summary>The exceptions of inputs that have the right length; or empty.</summary>
    public virtual string Exception => "";

    /// <summary>The type of the inputs of Run, the documentation of the parameter, and the check that gives the number of steps.</summary>
    public virtual string RunType => "SeqReadOnlySpan";

    public virtual string RunText => "<param name=\"inputs\">The input vectors (T, I), T of any length.</param>";

    public virtual string RunCheck => "int steps = global::Seq.Embedded.Kernels.Shapes.Rows(inputs.Length, InputSize, \"inputs\");";

    /// <summary>The inputs of a chunk of a run.</summary>
    public virtual string RunChunk => "inputs.Slice(first * InputSize, count * InputSize)";

    /// <summary>Floats of the inputs that wait for their chunk; how one of them is stored, and so many of them.</summary>
    public virtual string WaitingFloats => "LookAhead * InputSize";

    public virtual string Wait => "input.CopyTo(_inputs.Span.Slice(_waiting * InputSize));";

    public virtual string Waiting(string count) => $"_inputs.Span.Slice(0, {count} * InputSize)";

    /// <summary>What NaN and infinity in the input do; empty where it cannot hold them.</summary>
    public virtual bool CanBeNaN => true;

    /// <summary>Members of the trainer that take the inputs.</summary>
    public virtual void TrainerMembers(CodeWriter code)
    {
    }

    public override string StepRow(string copy) => "ref SeqMemory.GetReference(input)";

    public override string SettledRow(string length) => "input";
}
