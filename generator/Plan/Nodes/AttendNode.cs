namespace Seq.Embedded.Generator.Plan.Nodes;

/// <summary>Attention of a target's steps to the source: a row is the context and, behind it, the state that asked for it.</summary>
/// <param name="query">The queries: a cell over the states, or the states themselves.</param>
/// <param name="state">The states.</param>
/// <param name="key">The keys: a cell over the values, or the values themselves.</param>
/// <param name="values">The rows of the source.</param>
/// <param name="score">The trained vector of the additive score, or null for dot products.</param>
/// <param name="name">Name of the layer.</param>
internal sealed class AttendNode(Node query, Node state, Node key, Node values, LayerPlan? score, string name) : Node(query, state, key, values)
{
    public Node Query => Sources[0];

    public Node State => Sources[1];

    public Node Key => Sources[2];

    public Node Values => Sources[3];

    public string Name { get; } = name;

    public override LayerPlan? Weights { get; } = score;

    public override string Member { get; } = Planner.Member(name, -1);

    public override int? Width => Values.Width!.Value + State.Width!.Value;

    public override int StepScratch => Stride!.Value;

    /// <summary>Multiply-adds of the score and the context for one time step of the source.</summary>
    public long MultiplyAddsPerSourceStep => (long)Query.Width!.Value + Values.Width!.Value;
}
