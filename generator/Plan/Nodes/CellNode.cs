namespace Seq.Embedded.Generator.Plan.Nodes;

/// <summary>A cell at work: recurrent or dense.</summary>
internal sealed class CellNode(Node source, LayerPlan layer) : Node(source)
{
    public LayerPlan Layer { get; } = layer;

    public override LayerPlan Weights => Layer;

    /// <summary>True where its first states are handed over by the encoder, and their gradient goes back there.</summary>
    public bool TakesOver { get; set; }

    /// <summary>True where a cell of the decoder begins with its final states.</summary>
    public bool HandsOver { get; set; }

    /// <summary>Time steps after which the cell starts anew from its initial state; 0 where it never does.</summary>
    public int Chunk { get; init; }

    public override string Member => Layer.Member;

    public override int? Width => Layer.Outputs;

    public override IReadOnlyList<StatePlan> States => Layer.States;

    public override int StepScratch
    {
        get
        {
            int padded = Layer.Padded ?? 0;
            int between = Layer.StepUsesSlots ? Layer.Program.Slots * padded : 0;
            return (Layer.IsRecurrent ? 0 : padded) + between + Layer.ComputedOperands.Sum(operand => Layer.PaddedOf(operand)!.Value);
        }
    }
}
