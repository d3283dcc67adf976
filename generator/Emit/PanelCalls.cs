using Seq.Embedded.Generator.Plan;

namespace Seq.Embedded.Generator.Emit;

/// <summary>Writes calls of the runtime's matrix products, sizes with the names of the parameters that take them.</summary>
internal static class PanelCalls
{
    /// <summary>The call that multiplies rows by a panel into slots.</summary>
    public static string Product(LayerPlan layer, PanelPlan panel, string rows, string count, string stride, string slots) =>
        $"SeqProduct.Multiply({rows}, {count}, {stride}, {Panel("panels", layer, panel)}, {slots}, {Slots(layer, panel)}, accumulated: {Names.Number(panel.Operand.Running)});";

    /// <summary>The call that multiplies the rows of a layer's input by its panel, or looks up columns where they are tokens.</summary>
    public static string InputProduct(LayerPlan layer, string rows, string count, string stride, string slots)
    {
        PanelPlan panel = layer.Panels[0];
        return layer.IsLookup(panel)
            ? $"SeqProduct.Gather({rows}, {count}, {Panel("panels", layer, panel)}, {slots}, {Slots(layer, panel)});"
            : Product(layer, panel, rows, count, stride, slots);
    }

    /// <summary>The call that adds the gradient of the panel of a layer's input.</summary>
    public static string InputGradient(LayerPlan layer, string rows, string count, string stride, string slots)
    {
        PanelPlan panel = layer.Panels[0];
        return layer.IsLookup(panel)
            ? $"SeqProduct.AccumulateColumns({rows}, {count}, {slots}, {Slots(layer, panel)}, {Panel("panelGradients", layer, panel)}{(panel.Operand.HasBias ? "" : ", bias: false")});"
            : $"SeqProduct.AccumulateOuter({rows}, {count}, {stride}, {slots}, {Slots(layer, panel)}, {Panel("panelGradients", layer, panel)});";
    }

    /// <summary>A panel, or its gradient, and its sizes: four arguments of every call.</summary>
    public static string Panel(string memory, LayerPlan layer, PanelPlan panel)
    {
        long perPadded = (panel.Columns(layer) + 1L) * panel.Operand.Vectors;
        string size = layer.Padded is { } padded ? Names.Number(perPadded * padded) : $"{Names.Number(perPadded)} * {Names.Padded(layer)}";
        return $"{memory}.Slice({Names.Number(panel.Offset)}, {size}), units: {Names.Units(layer)}, columns: {Names.Number(panel.Columns(layer))}, vectors: {Names.Number(panel.Operand.Vectors)}";
    }

    /// <summary>Where the panel's vectors stand among the slots: two arguments of every call.</summary>
    public static string Slots(LayerPlan layer, PanelPlan panel) =>
        $"slots: {Names.Number(layer.Program.Slots)}, firstSlot: {Names.Number(panel.Operand.FirstSlot)}";
}
