namespace Seq.Embedded.Generator.Plan.Nodes;

/// <summary>The row of the last time step: one a sequence.</summary>
internal sealed class LastNode(Node source, StatePlan? state) : Node(source)
{
    public override Axis Axis => Axis.Sequence;

    public override int? Width => Sources[0].Width;

    /// <summary>The last row itself, where its source does not keep it as a state of its own.</summary>
    public override IReadOnlyList<StatePlan> States { get; } = state is null ? [] : [state];

    /// <summary>True where a recurrent cell keeps its last output as its first state.</summary>
    public static bool IsKeptBy(Node source) => source.Storage is CellNode { Layer.IsRecurrent: true };
}
