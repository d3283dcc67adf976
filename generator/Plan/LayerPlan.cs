using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Plan.Nodes;
using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Plan;

/// <summary>One layer, expanded from its stack, with the places of its parameters and values.</summary>
/// <param name="Index">Position in the model, from 0; the cells of both directions have one.</param>
/// <param name="Spec">The attribute it comes from.</param>
/// <param name="SpecIndex">Which attribute that is.</param>
/// <param name="Cell">The kind of layer.</param>
/// <param name="Program">Its equations in order.</param>
/// <param name="Name">Name of its tensors: gru.</param>
/// <param name="StackIndex">Position in its stack, from 0.</param>
/// <param name="Columns">Length of x: the number of inputs (I), of all rows of a window together.</param>
/// <param name="Units">Number of units (H or O), or null when open.</param>
/// <param name="Panels">One panel of weights per operand.</param>
/// <param name="PerSequence">True above the last layer over time of a many-to-one model: computed once a sequence.</param>
/// <param name="Softmax">True when softmax follows.</param>
internal sealed record LayerPlan(
    int Index,
    LayerSpec Spec,
    int SpecIndex,
    Cell Cell,
    CellProgram Program,
    string Name,
    int StackIndex,
    int Columns,
    int? Units,
    IReadOnlyList<PanelPlan> Panels,
    bool PerSequence,
    bool Softmax)
{
    /// <summary>Name of the layer in generated members: GruL0, Head.</summary>
    public string Member { get; init; } = "";

    /// <summary>Number of values that go in at a time step (I).</summary>
    public int Inputs { get; init; }

    /// <summary>The window over time that x is, or null where it is one row.</summary>
    public TimeWindow? Window { get; init; }

    /// <summary>Values of earlier inputs that its next window reads.</summary>
    public long History => (Window?.Reach ?? 0L) * Inputs;

    /// <summary>Time steps of the model's input from one row of the layer to the next; 0 where it is computed once a sequence.</summary>
    public int Stride { get; init; }

    /// <summary>True for the cell that goes from the last time step to the first.</summary>
    public bool IsReverse { get; init; }

    /// <summary>Trained vectors and scalars beside the panels.</summary>
    public IReadOnlyList<ParameterPlan> Parameters { get; init; } = [];

    /// <summary>Size of a vector of the layer's units in memory, or null when open.</summary>
    public int? Padded => PaddedOf(Program.Equations.Units);

    /// <summary>Number of values that the layer hands up: those of its projection, or its units; null when open.</summary>
    public int? Outputs => UnitsOf(Program.Equations.Output.Space);

    public int? UnitsOf(CellSpace space) => space.Units ?? Units;

    public int? PaddedOf(CellSpace space) => UnitsOf(space) is { } units ? ModelPlan.Padded(units) : null;

    /// <summary>The values that one stage computes and a later one multiplies by weights.</summary>
    public IEnumerable<CellOperand> ComputedOperands => Program.Operands.Where(operand => operand.IsComputed);

    /// <summary>Size in memory of a row of an operand that is not x.</summary>
    public int? PaddedOf(CellOperand operand) => PaddedOf(Program.SpaceOf(operand.Vector)!);

    /// <summary>Its states in the order of the equations.</summary>
    public IReadOnlyList<StatePlan> States { get; init; } = [];

    public bool IsRecurrent => Program.IsRecurrent;

    public bool IsOpen => Units is null;

    /// <summary>True in the encoder of an encoder-decoder model: computed once a time step of the source.</summary>
    public bool OfSource { get; init; }

    /// <summary>True where x is a token: its product is a lookup of a column.</summary>
    public bool TakesTokens { get; init; }

    public bool IsLookup(PanelPlan panel) => TakesTokens && panel.Operand.IsInput;

    /// <summary>Trained values, for a number of units of an open layer.</summary>
    public long ParameterCount(int units) => Panels.Sum(panel => panel.ParameterCount(this, Units ?? units)) + Parameters.Sum(parameter => parameter.Count(this));

    /// <summary>Bytes of the trained values in a weight file, for a number of units of an open layer.</summary>
    public long WeightBytes(int units) => Panels.Sum(panel => panel.WeightBytes(this, Units ?? units)) + (4 * Parameters.Sum(parameter => parameter.Count(this)));

    /// <summary>The panels of 8-bit weights that multiply a row: it is rounded to 7 bits first.</summary>
    public IEnumerable<PanelPlan> Int8Products => Panels.Where(panel => panel.IsInt8 && !IsLookup(panel));

    /// <summary>Where the rounded row of such a panel lies, in floats, in the memory that all layers share.</summary>
    public int BytesOffset(PanelPlan panel) => Int8Products.TakeWhile(other => other != panel).Sum(other => other.BytesFloats(this));

    /// <summary>Floats of that memory that the layer uses: in a step a row for each panel, in a run some rows of x.</summary>
    public int BytesFloats => Math.Max(
        Int8Products.Sum(panel => panel.BytesFloats(this)),
        Int8Products.Where(panel => panel.Operand.IsInput).Sum(panel => PanelPlan.Int8TileRows * panel.BytesFloats(this)));

    /// <summary>True where a step has memory for slots: sums that a later stage goes on with, or that are finished before the loop over blocks.</summary>
    public bool StepUsesSlots => Program.Stages.Count > 1 || Panels.Any(panel => panel.IsInt8);

    /// <summary>Multiply-adds of the products of one time step, for a number of units of an open layer; a lookup has none.</summary>
    public long MultiplyAdds(int units) => Panels.Where(panel => !IsLookup(panel)).Sum(panel => panel.MultiplyAdds(this, Units ?? units));

    /// <summary>Floats of the packed weights, for a number of units of an open layer.</summary>
    public long PackedFloats(int units) => Panels.Sum(panel => (long)panel.Size(this, Units ?? units)) + Parameters.Sum(parameter => (long)parameter.Size(this));

    /// <summary>What the layer is, for people: <c>GRU layer 1 of 2, 48 -> 64</c>.</summary>
    public string Title
    {
        get
        {
            string direction = IsReverse ? " reverse" : Spec.Direction == "Bidirectional" ? " forward" : "";
            string stack = Spec.Layers > 1 ? $" layer {StackIndex + 1} of {Spec.Layers}" : "";
            return $"{Cell.Title}{Cell.Detail(Spec)}{direction}{stack}";
        }
    }
}

/// <summary>The weights of one operand of a layer.</summary>
/// <param name="Operand">x, h, or a value of an earlier stage.</param>
/// <param name="Offset">Where the panel begins in the weights, in floats.</param>
/// <param name="Weight">Name of the weight tensor.</param>
/// <param name="Bias">Name of the bias tensor, or null where the panel's biases are zero.</param>
internal sealed record PanelPlan(CellOperand Operand, int Offset, string Weight, string? Bias)
{
    /// <summary>Length of x; for every other operand the length of the vector.</summary>
    public int Columns(LayerPlan layer) => layer.Program.SpaceOf(Operand.Vector) is { } space ? layer.UnitsOf(space)!.Value : layer.Columns;

    /// <summary>The most columns of x, so that a sum of 32 bits holds products of up to 127 * 127 each with room to spare; a layer with a wider window stays one of floats.</summary>
    public const int MaxInt8Columns = 65_536;

    /// <summary>Rows that the runtime's <c>Int8PanelProduct</c> rounds at a time.</summary>
    public const int Int8TileRows = 8;

    /// <summary>True where the weights have 8 bits: the runtime's Int8Panel.</summary>
    public bool IsInt8 { get; init; }

    /// <summary>Groups of four columns of 8 bits.</summary>
    public int Groups(LayerPlan layer) => (Columns(layer) + 3) / 4;

    /// <summary>Floats of a rounded row: its scale and its groups.</summary>
    public int BytesFloats(LayerPlan layer) => 1 + Groups(layer);

    /// <summary>Vectors of a block of units for each gate: weights and a bias; of 8 bits starts of sums, weights, scales and biases.</summary>
    public int BlockVectors(LayerPlan layer) => IsInt8 ? Groups(layer) + 3 : Columns(layer) + 1;

    /// <summary>Floats that the panel takes, for a number of units of the layer.</summary>
    public int Size(LayerPlan layer, int units) => BlockVectors(layer) * Operand.Vectors * ModelPlan.Padded(Units(units));

    /// <summary>Bytes of the trained values in a weight file.</summary>
    public long WeightBytes(LayerPlan layer, int units) => IsInt8
        ? (Columns(layer) + 4L + (Operand.HasBias ? 4L : 0)) * Operand.Vectors * Units(units)
        : 4 * ParameterCount(layer, units);

    public long ParameterCount(LayerPlan layer, int units) => (Columns(layer) + (Operand.HasBias ? 1L : 0)) * Operand.Vectors * Units(units);

    public long MultiplyAdds(LayerPlan layer, int units) => (long)Columns(layer) * Operand.Vectors * Units(units);

    /// <summary>Length of the sums, for a number of units of the layer.</summary>
    private int Units(int units) => Operand.Space.Units ?? units;
}

/// <summary>Trained vectors of a layer, or a trained scalar: a panel without columns.</summary>
/// <param name="Tensor">What the cell declares.</param>
/// <param name="Offset">Where it begins in the weights, in floats.</param>
/// <param name="Name">Name of the tensor.</param>
internal sealed record ParameterPlan(ParameterTensor Tensor, int Offset, string Name)
{
    /// <summary>Values of one vector; 1 for a scalar.</summary>
    public int Units(LayerPlan layer) => Tensor.IsScalar ? 1 : layer.UnitsOf(Tensor.Space)!.Value;

    public long Count(LayerPlan layer) => (long)Tensor.Vectors.Count * Units(layer);

    /// <summary>Floats that it takes.</summary>
    public int Size(LayerPlan layer) => Tensor.Vectors.Count * ModelPlan.Padded(Units(layer));
}
