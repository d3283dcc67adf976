using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Plan;
using Seq.Embedded.Generator.Plan.Nodes;

namespace Seq.Embedded.Generator.Emit.Nodes;

/// <summary>
/// The regions of a shard's memory that a cell keeps between its forward and its backward pass. Their names have a '_',
/// which names of layers in members never have: so the regions of layers "a" and "aLast" differ.
/// </summary>
internal sealed class CellRegions(GraphEmitter graph, CellNode node)
{
    public IEnumerable<Region> All
    {
        get
        {
            LayerPlan layer = node.Layer;
            yield return SlotRegion(layer);
            foreach (Kept kept in layer.Program.Equations.Kept)
            {
                yield return graph.RegionOf(node, Rows(layer, kept), kept.IsState ? $"{kept.Name} after each time step" : kept.Name);
                if (kept.IsState)
                {
                    yield return PerSequence(layer, Initial(layer, kept), $"{kept.Name} before the first time step, zero");
                    yield return PerSequence(layer, Carry(layer, kept), $"gradient of {kept.Name}, carried back through time");
                }
            }

            foreach (CellOperand operand in layer.Program.Operands.Where(operand => operand.IsComputed))
            {
                yield return graph.RegionOf(node, Computed(layer, operand), "what one stage computes and the next multiplies by weights");
                yield return PerSequence(layer, ComputedGradient(layer, operand), "its gradient at one time step");
            }

            yield return graph.RegionOf(node, Gradient(layer), "gradient of the layer's output");
        }
    }

    public static string Slots(LayerPlan layer) => layer.Member + "_Slots";

    /// <summary>A kept value after every time step.</summary>
    public static string Rows(LayerPlan layer, Kept kept) => layer.Member + "_" + kept.Name.ToUpperInvariant();

    /// <summary>A state before the first time step: zero.</summary>
    public static string Initial(LayerPlan layer, Kept kept) => Rows(layer, kept) + "Initial";

    /// <summary>Gradient of a state, carried from one time step back to the one before.</summary>
    public static string Carry(LayerPlan layer, Kept kept) => Rows(layer, kept) + "Carry";

    public static string Computed(LayerPlan layer, CellOperand operand) => $"{layer.Member}_M{Names.Number(operand.Index)}";

    public static string ComputedGradient(LayerPlan layer, CellOperand operand) => Computed(layer, operand) + "Gradient";

    /// <summary>Gradient of the layer's output.</summary>
    public static string Gradient(LayerPlan layer) => layer.Member + "_Gradient";

    private Region SlotRegion(LayerPlan layer)
    {
        string padded = Names.Padded(layer), slots = layer.Program.Slots == 1 ? padded : $"{Names.Number(layer.Program.Slots)} * {padded}";
        return GraphEmitter.RegionOf(node.Axis, Slots(layer), slots, TrainingKernelEmitter.SlotShape(layer, node.Axis.IsTime ? "rows" : "sequences"));
    }

    private static Region PerSequence(LayerPlan layer, string name, string content) =>
        GraphEmitter.RegionOf(Axis.Sequence, name, Names.Padded(layer), $"(sequences, {Names.Padded(layer)}): {content}");
}
