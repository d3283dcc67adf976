using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Plan;

namespace Seq.Embedded.Generator.Emit;

/// <summary>Writes calls of the runtime's matrix products, sizes with the names of the parameters that take them.</summary>
internal static class PanelCalls
{
    private const string Int8 = "SeqInt8";

    /// <summary>The call that multiplies rows by a panel into slots.</summary>
    public static string Product(LayerPlan layer, PanelPlan panel, string rows, string count, string stride, string slots) =>
        panel.IsInt8
            ? $"{Int8}.Multiply({rows}, {count}, {stride}, {Panel("panels.Slice", layer, panel)}, {slots}, {Slots(layer, panel)}, accumulated: {Names.Number(panel.Operand.Running)}, _bytes.Span);"
            : $"SeqProduct.Multiply({rows}, {count}, {stride}, {Panel("panels.Slice", layer, panel)}, {slots}, {Slots(layer, panel)}, accumulated: {Names.Number(panel.Operand.Running)});";

    /// <summary>The call that multiplies the rows of a layer's input by its panel, or looks up columns where they are tokens.</summary>
    public static string InputProduct(LayerPlan layer, string rows, string count, string stride, string slots)
    {
        PanelPlan panel = layer.Panels[0];
        return layer.IsLookup(panel)
            ? $"{(panel.IsInt8 ? Int8 : "SeqProduct")}.Gather({rows}, {count}, {Panel("panels.Slice", layer, panel)}, {slots}, {Slots(layer, panel)});"
            : Product(layer, panel, rows, count, stride, slots);
    }

    /// <summary>The call that adds the gradient of the panel of a layer's input.</summary>
    public static string InputGradient(LayerPlan layer, string rows, string count, string stride, string slots)
    {
        PanelPlan panel = layer.Panels[0];
        return layer.IsLookup(panel)
            ? $"SeqProduct.AccumulateColumns({rows}, {count}, {slots}, {Slots(layer, panel)}, {Panel("shard.Gradient", layer, panel)}{Bias(panel)});"
            : $"SeqProduct.AccumulateOuter({rows}, {count}, {stride}, {slots}, {Slots(layer, panel)}, {Panel("shard.Gradient", layer, panel)}{Bias(panel)});";
    }

    /// <summary>The call that adds products with a transposed panel, given by its number, to rows of gradients.</summary>
    public static string Transposed(LayerPlan layer, PanelPlan panel, int index, string slots, string count, string rows, string stride) =>
        $"SeqProduct.MultiplyTransposed({slots}, {count}, {Slots(layer, panel)}, Transposed({Names.Number(index)}), {Sizes(layer, panel)}, {rows}, {stride});";

    /// <summary>The call that multiplies one row, or a token, by a panel of 8-bit weights into slots.</summary>
    public static string RowProduct(LayerPlan layer, PanelPlan panel)
    {
        string weights = Names.At("weights", Names.Number(panel.Offset)), sizes = $"units: {Names.Units(layer, panel.Operand.Space)}, columns: {Names.Number(panel.Columns(layer))}, vectors: {Names.Number(panel.Operand.Vectors)}";
        return layer.IsLookup(panel)
            ? $"{Int8}.GatherRow(token, {weights}, {sizes}, ref slots, {Slots(layer, panel)});"
            : $"{Int8}.MultiplyRow({Bytes(layer, panel)}, {weights}, {sizes}, ref slots, {Slots(layer, panel)}, accumulated: {Names.Number(panel.Operand.Running)});";
    }

    /// <summary>The call that rounds the row of such a panel.</summary>
    public static string Quantize(LayerPlan layer, PanelPlan panel, string row) =>
        $"{Int8}.Quantize(ref {row}, columns: {Names.Number(panel.Columns(layer))}, {Bytes(layer, panel)});";

    private static string Bytes(LayerPlan layer, PanelPlan panel) => Names.At("bytes", Names.Number(layer.BytesOffset(panel)));

    /// <summary>A panel, or its gradient, and its sizes: four arguments of every call.</summary>
    /// <param name="memory">The method that gives a part of the weights, or of their gradient.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="panel">Its panel.</param>
    public static string Panel(string memory, LayerPlan layer, PanelPlan panel)
    {
        long perPadded = (long)panel.BlockVectors(layer) * panel.Operand.Vectors;
        CellSpace space = panel.Operand.Space;
        string size = layer.PaddedOf(space) is { } padded ? Names.Number(perPadded * padded) : $"{Names.Number(perPadded)} * {Names.Padded(layer, space)}";
        return $"{memory}({Names.Number(panel.Offset)}, {size}), {Sizes(layer, panel)}";
    }

    private static string Sizes(LayerPlan layer, PanelPlan panel) =>
        $"units: {Names.Units(layer, panel.Operand.Space)}, columns: {Names.Number(panel.Columns(layer))}, vectors: {Names.Number(panel.Operand.Vectors)}";

    /// <summary>Where the panel's vectors stand among the slots: two arguments of every call.</summary>
    public static string Slots(LayerPlan layer, PanelPlan panel) =>
        $"slots: {Names.Number(layer.Program.Layout.Count(panel.Operand.Space))}, firstSlot: {Names.Number(panel.Operand.FirstSlot)}";

    /// <summary>The last argument of calls that add to a panel's gradient: whether its biases are trained.</summary>
    public static string Bias(PanelPlan panel) => panel.Operand.HasBias ? "" : ", bias: false";

    /// <summary>The call that adds, for some rows of slots, the gradient of trained vectors or of a scalar.</summary>
    public static string ParameterGradient(LayerPlan layer, ParameterPlan parameter, string rows, string slots)
    {
        CellSlots layout = layer.Program.Layout;
        CellSpace space = parameter.Tensor.Space;
        string place = $"{slots}, slots: {Names.Number(layout.Count(space))}, firstSlot: {Names.Number(layout.Parameters[parameter.Tensor.Vectors[0]])}";
        string gradient = $"shard.Gradient({Names.Number(parameter.Offset)}, {Names.Number(parameter.Size(layer))})";
        return parameter.Tensor.IsScalar
            ? $"SeqProduct.AccumulateScalar({rows}, {place}, {gradient}, units: {Names.Units(layer, space)});"
            : $"SeqProduct.AccumulateOuter(default, {rows}, 0, {place}, {gradient}, units: {Names.Units(layer, space)}, columns: 0, vectors: {Names.Number(parameter.Tensor.Vectors.Count)});";
    }
}
