namespace Seq.Embedded.Generator.Plan.Nodes;

/// <summary>The mean of the rows over time, weighted by the softmax of their scores: one row a sequence.</summary>
/// <param name="rows">The rows.</param>
/// <param name="scores">Their scores, one value each.</param>
/// <param name="name">Name of the layer for people.</param>
/// <param name="mean">The mean so far.</param>
/// <param name="statistics">The largest score so far, and the sum of the weights.</param>
internal sealed class PoolNode(Node rows, Node scores, string name, StatePlan mean, StatePlan statistics) : Node(rows, scores)
{
    public string Name => name;

    public StatePlan Mean => mean;

    public StatePlan Statistics => statistics;

    public override string Member => Sources[1].Member;

    public override Axis Axis => Axis.Sequence;

    public override int? Width => Sources[0].Width;

    public override IReadOnlyList<StatePlan> States { get; } = [mean, statistics];
}
