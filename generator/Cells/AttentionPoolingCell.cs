using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Cells;

/// <summary>Attention pooling: the projection tanh(W h + b) of a time step, of which a dense layer of one unit makes its score; the node over time is the plan's.</summary>
internal sealed class AttentionPoolingCell : Cell
{
    /// <summary>The modules of the layer in names of tensors.</summary>
    public const string Projection = "projection";

    public const string Score = "score";

    /// <summary>The layer that makes a score of a projection: v . x.</summary>
    public static LayerSpec ScoreSpec { get; } =
        new("Dense", 1, 1, null, 0, new(new DenseCell().Complete(new Dictionary<string, string> { ["Bias"] = "False" })));

    public override IReadOnlyList<string> Modules { get; } = [Projection, Score];

    public override string Attribute => "AttentionPooling";

    public override string Title => "Attention pooling";

    public override bool PoolsTime => true;

    public override string TensorName(string part, CellOperand operand, int layer) => part;

    public override int InitialFan(int inputs, int units) => inputs;

    public override void Define(CellEquations cell, LayerSpec layer) => cell.Next(cell.Value("y"), Expr.Tanh(cell.Gate("").Of(cell.Input)));
}
