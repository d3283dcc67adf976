using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Plan;
using Seq.Embedded.Generator.Plan.Nodes;

namespace Seq.Embedded.Generator.Emit.Nodes;

/// <summary>
/// The regions of a shard's memory that a cell keeps between its forward and its backward pass. Their names have a '_',
/// which names of layers in members never have: so the regions of layers "a" and "aLast" differ.
/// </summary>
/// <param name="graph">The model.</param>
/// <param name="node">The cell.</param>
/// <param name="gradientLayer">Number of the layer down to which the gradient must go for that of the cell's output to be there.</param>
internal sealed class CellRegions(GraphEmitter graph, CellNode node, int gradientLayer)
{
    public IEnumerable<Region> All
    {
        get
        {
            LayerPlan layer = node.Layer;
            foreach (CellSpace space in layer.Program.Equations.Spaces)
            {
                yield return SlotRegion(layer, space);
            }

            foreach (Kept kept in layer.Program.Equations.Kept)
            {
                yield return RowRegion(layer, kept.Space, Rows(layer, kept), kept.IsState ? $"{kept.Name} after each time step" : kept.Name);
                if (kept.IsState)
                {
                    yield return PerSequence(layer, kept.Space, Initial(layer, kept), $"{kept.Name} before the first time step");
                    yield return PerSequence(layer, kept.Space, Carry(layer, kept), $"gradient of {kept.Name}, carried back through time").AsGradient(node.LayerNumber);
                }
            }

            foreach (CellOperand operand in layer.ComputedOperands)
            {
                CellSpace space = layer.Program.SpaceOf(operand.Vector)!;
                yield return RowRegion(layer, space, Computed(layer, operand), "what one stage computes and the next multiplies by weights");
                yield return PerSequence(layer, space, ComputedGradient(layer, operand), "its gradient at one time step").AsGradient(node.LayerNumber);
            }

            yield return graph.RegionOf(node, Gradient(layer), "gradient of the layer's output").AsGradient(gradientLayer);
        }
    }

    /// <summary>The trained vector that a state begins with, or null for zero.</summary>
    public static ParameterPlan? InitialOf(LayerPlan layer, Kept kept) => layer.Parameters.FirstOrDefault(parameter => parameter.Tensor.InitialOf == kept);

    /// <summary>Pre-activations and what else a row keeps; those of a projection apart.</summary>
    public static string Slots(LayerPlan layer, CellSpace space) => space.Index == 0 ? Slots(layer) : layer.Member + "_Projection";

    public static string Slots(LayerPlan layer) => layer.Member + "_Slots";

    /// <summary>A kept value after every time step.</summary>
    public static string Rows(LayerPlan layer, Kept kept) => layer.Member + "_" + kept.Name.ToUpperInvariant();

    /// <summary>A state before the first time step.</summary>
    public static string Initial(LayerPlan layer, Kept kept) => Rows(layer, kept) + "Initial";

    /// <summary>Gradient of a state, carried from one time step back to the one before.</summary>
    public static string Carry(LayerPlan layer, Kept kept) => Rows(layer, kept) + "Carry";

    public static string Computed(LayerPlan layer, CellOperand operand) => $"{layer.Member}_M{Names.Number(operand.Index)}";

    public static string ComputedGradient(LayerPlan layer, CellOperand operand) => Computed(layer, operand) + "Gradient";

    /// <summary>Gradient of the layer's output.</summary>
    public static string Gradient(LayerPlan layer) => layer.Member + "_Gradient";

    private Region SlotRegion(LayerPlan layer, CellSpace space)
    {
        int count = layer.Program.Layout.Count(space);
        string padded = Names.Padded(layer, space), slots = count == 1 ? padded : $"{Names.Number(count)} * {padded}";
        return GraphEmitter.RegionOf(node.Axis, Slots(layer, space), slots, TrainingKernelEmitter.SlotShape(layer, space, node.Axis.IsTime ? "rows" : "sequences"));
    }

    private Region RowRegion(LayerPlan layer, CellSpace space, string name, string content)
    {
        string width = layer.PaddedOf(space) is null ? "padded outputs" : Names.Padded(layer, space);
        return GraphEmitter.RegionOf(node.Axis, name, Names.Padded(layer, space), $"({(node.Axis.IsTime ? "rows" : "sequences")}, {width}): {content}");
    }

    private static Region PerSequence(LayerPlan layer, CellSpace space, string name, string content) =>
        GraphEmitter.RegionOf(Axis.Sequence, name, Names.Padded(layer, space), $"(sequences, {Names.Padded(layer, space)}): {content}");
}
