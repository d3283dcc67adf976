using Seq.Embedded.Generator.Plan.Nodes;

namespace Seq.Embedded.Generator.Emit.Nodes;

/// <summary>
/// Writes what one node does: in a step, in a whole-sequence run, and in the two passes of training. One class per kind of node.
/// Rows are named by C# expressions: a <c>ref</c> to the first float in a step, a span of rows elsewhere.
/// </summary>
internal abstract class NodeEmitter(GraphEmitter graph, Node node)
{
    protected GraphEmitter Graph { get; } = graph;

    public Node Node { get; } = node;

    protected NodeEmitter Source => Graph[Node.Sources[0]];

    /// <summary>What the node is, for the comment over its blocks.</summary>
    public abstract string Title { get; }

    /// <summary>Where the row lies that a step computes: <c>ref ...</c>.</summary>
    /// <param name="copy">Which copy of a state is the one of this step: <c>next</c> while it goes on, <c>now</c> afterwards.</param>
    public abstract string StepRow(string copy);

    /// <summary>Fields of a stream that the node needs: their declarations, and what creates them for so many time steps of a run.</summary>
    public virtual IEnumerable<(string Declaration, string Creation)> StreamFields(string steps) => [];

    /// <summary>The calls of a step; they may use the variables weights, state, scratch, now, next, outputs and descending.</summary>
    public virtual IEnumerable<string> Step(string copy) => [];

    /// <summary>Where the row lies after a step, as a span expression of a length.</summary>
    public abstract string SettledRow(string length);

    /// <summary>The rows of a chunk of a run.</summary>
    public virtual string RunRows => Node.IsMemory ? $"memory{Names.Number(Node.Index)}" : $"rows{Names.Number(Node.RunBuffer)}";

    /// <summary>Floats from one of those rows to the next.</summary>
    public virtual string RunStride => Stride;

    public virtual void Run(CodeWriter code)
    {
    }

    /// <summary>The rows of the forward pass of training.</summary>
    public abstract string Rows { get; }

    /// <summary>The region of those rows, and that of their gradient: of the output the base class reads the one and fills the other.</summary>
    public abstract string OutputRegion { get; }

    public abstract string GradientRegion { get; }

    /// <summary>The rows of the gradient of the loss with respect to the node's rows.</summary>
    public string Gradient => $"shard.Region({GradientRegion})";

    /// <summary>Number of the layer down to which the gradient must go for something to read the gradient of the rows; negative: nothing reads it, as that of the model's input.</summary>
    public virtual int GradientLayer => Node.LayerNumber;

    /// <summary>False where nothing reads the gradient, whichever layers are trained.</summary>
    public bool WantsGradient => GradientLayer >= 0;

    /// <summary>The layer down to which the gradient must go for its rows to be there: attention writes the gradients of all that it reads.</summary>
    protected int GradientRegionLayer => Graph.Plan.Nodes.Where(node => node is AttendNode && node.Sources.Any(source => source.Storage == Node)).Select(node => node.LayerNumber).Append(GradientLayer).Max();

    /// <summary>The condition, in the generated code, of the node's part of the forward pass; empty where it always runs.</summary>
    public virtual string ForwardGuard => Graph.Plan.Cuts.Any() ? $"shard.Runs({Names.Number(Node.LayerNumber)})" : "";

    /// <summary>The same for the backward pass: the gradient goes down to the lowest trained layer.</summary>
    public virtual string BackwardGuard => GoesBack(Node.LayerNumber);

    /// <summary>Memory of a shard that the node needs.</summary>
    public virtual IEnumerable<Region> Regions => [];

    /// <summary>The states before the first time step, of those that have a region.</summary>
    public virtual IEnumerable<(StatePlan State, string Region)> InitialStates => [];

    /// <summary>The regions that hold the states after each time step, row by row, or after the last one; of all states, in their order.</summary>
    public virtual IEnumerable<string> StateRegions => [];

    public virtual void Forward(CodeWriter code)
    {
    }

    public virtual void Backward(CodeWriter code)
    {
    }

    /// <summary>What forgets the history that the node has in a stream.</summary>
    public virtual IEnumerable<string> Reset => [];

    /// <summary>Copies that history to a snapshot.</summary>
    public virtual string Save(string snapshot) => throw new InvalidOperationException("The node has no history.");

    /// <summary>The inverse.</summary>
    public virtual string Restore(string snapshot) => throw new InvalidOperationException("The node has no history.");

    /// <summary>Methods of the model class that a stream calls for the node.</summary>
    public virtual void StreamMethods(CodeWriter code)
    {
    }

    /// <summary>Methods of the model class that a trainer calls for the node; runs share those that go forward.</summary>
    public virtual void TrainingMethods(CodeWriter code)
    {
    }

    /// <summary>Floats from one row to the next.</summary>
    public string Stride => Node switch
    {
        InputNode => "InputSize",
        { Stride: { } stride } => Names.Number(stride),
        _ => Names.OpenPadded,
    };

    /// <summary>The packed rows of its axis in training.</summary>
    public string Time => Names.Time(Node.Axis);

    /// <summary>Number of rows in training.</summary>
    public string Count => Node.Axis.IsTime ? Time + ".Rows" : "shard.Sequences";

    protected static string Region(string name) => $"shard.Region({name})";

    /// <summary>The condition that the gradient goes down to a layer; empty where it always does: to the top one, which is trained or lies above a trained one.</summary>
    protected string GoesBack(int layer) => layer == Graph.Plan.LayerNames.Count - 1 ? "" : $"shard.GoesBack({Names.Number(layer)})";

    /// <summary>The condition of the gradient of a source's rows; empty where the node's own implies it.</summary>
    public string GradientGuard(NodeEmitter source) => source.GradientLayer >= Node.LayerNumber ? "" : GoesBack(source.GradientLayer);

    /// <summary>
    /// Declares a variable for the gradient of a source's rows, to which the node adds; the reader that comes first in the backward pass clears it.
    /// </summary>
    public void BeginGradient(CodeWriter code, NodeEmitter source, string variable)
    {
        code.Line($"SeqSpan {variable} = {source.Gradient};");
        ClearGradient(code, source, variable);
    }

    /// <summary>Clears it where the node is that reader.</summary>
    protected void ClearGradient(CodeWriter code, NodeEmitter source, string variable)
    {
        if (Graph.IsLastReader(Node, source.Node))
        {
            code.Line($"{variable}.Slice(0, {source.Count} * {source.Stride}).Clear();");
        }
    }
}
