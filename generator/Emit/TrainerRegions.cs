using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Plan;

namespace Seq.Embedded.Generator.Emit;

/// <summary>
/// The regions of a training shard's memory: what each layer keeps between its forward and its backward pass. Their names have a '_',
/// which names of layers in members never have: so the regions of layers "a" and "aLast" differ.
/// </summary>
internal sealed class TrainerRegions
{
    private readonly List<Region> _regions = [];

    public TrainerRegions(ModelPlan plan)
    {
        for (int i = 0; i < plan.Layers.Count; i++)
        {
            AddLayer(plan, plan.Layers[i], i > 0 && plan.Layers[i].PerSequence && !plan.Layers[i - 1].PerSequence ? plan.Layers[i - 1] : null);
        }
    }

    public IReadOnlyList<Region> All => _regions;

    public static string Slots(LayerPlan layer) => layer.Member + "_Slots";

    /// <summary>A kept value after every time step.</summary>
    public static string Rows(LayerPlan layer, Kept kept) => layer.Member + "_" + Upper(kept.Name);

    /// <summary>A state before the first time step: zero.</summary>
    public static string Initial(LayerPlan layer, Kept kept) => Rows(layer, kept) + "Initial";

    /// <summary>Gradient of a state, carried from one time step back to the one before.</summary>
    public static string Carry(LayerPlan layer, Kept kept) => Rows(layer, kept) + "Carry";

    public static string Computed(LayerPlan layer, CellOperand operand) => $"{layer.Member}_M{Names.Number(operand.Index)}";

    public static string ComputedGradient(LayerPlan layer, CellOperand operand) => Computed(layer, operand) + "Gradient";

    /// <summary>Gradient of the layer's output.</summary>
    public static string Gradient(LayerPlan layer) => layer.Member + "_Gradient";

    public static string Mask(LayerPlan layer) => layer.Member + "_Mask";

    public static string Dropped(LayerPlan layer) => layer.Member + "_Dropped";

    /// <summary>Last time steps of the layer below, where a layer is computed once a sequence.</summary>
    public static string Last(LayerPlan below) => below.Member + "_Last";

    public static string LastGradient(LayerPlan below) => below.Member + "_LastGradient";

    private void AddLayer(ModelPlan plan, LayerPlan layer, LayerPlan? gathered)
    {
        string padded = Names.Padded(layer), width = layer.Padded is { } size ? Names.Number(size) : "padded outputs";
        void PerSequence(string name, string content) => _regions.Add(new Region(name, "0", padded, $"(sequences, {width}): {content}"));
        void PerRow(string name, string content)
        {
            if (layer.PerSequence)
            {
                PerSequence(name, content);
            }
            else
            {
                _regions.Add(new Region(name, padded, "0", $"(rows, {width}): {content}"));
            }
        }

        if (gathered is not null)
        {
            AddLast(gathered);
        }

        string slots = layer.Program.Slots == 1 ? padded : $"{Names.Number(layer.Program.Slots)} * {padded}";
        _regions.Add(layer.PerSequence
            ? new Region(Slots(layer), "0", slots, TrainingKernelEmitter.SlotShape(layer, "sequences"))
            : new Region(Slots(layer), slots, "0", TrainingKernelEmitter.SlotShape(layer, "rows")));
        foreach (Kept kept in layer.Program.Equations.Kept)
        {
            PerRow(Rows(layer, kept), kept.IsState ? $"{kept.Name} after each time step" : kept.Name);
            if (kept.IsState)
            {
                PerSequence(Initial(layer, kept), $"{kept.Name} before the first time step, zero");
                PerSequence(Carry(layer, kept), $"gradient of {kept.Name}, carried back through time");
            }
        }

        foreach (CellOperand operand in layer.Program.Operands.Where(operand => operand.IsComputed))
        {
            PerRow(Computed(layer, operand), "what one stage computes and the next multiplies by weights");
            PerSequence(ComputedGradient(layer, operand), "its gradient at one time step");
        }

        PerRow(Gradient(layer), "gradient of the layer's output");
        if (layer.Spec.Dropout > 0 && layer.Index < plan.Layers.Count - 1)
        {
            PerRow(Mask(layer), "0 where an output is dropped, else the scale of those that stay");
            PerRow(Dropped(layer), "outputs times mask");
        }
        else if (layer == plan.Last && plan.ManyToOne && !layer.PerSequence)
        {
            AddLast(layer);
        }
    }

    private void AddLast(LayerPlan below)
    {
        string padded = Names.Padded(below), width = below.Padded is { } size ? Names.Number(size) : "padded outputs";
        _regions.Add(new Region(Last(below), "0", padded, $"(sequences, {width}): output of the last time steps"));
        _regions.Add(new Region(LastGradient(below), "0", padded, $"(sequences, {width}): its gradient"));
    }

    private static string Upper(string name) => name.ToUpperInvariant();
}

/// <summary>One region: its name, its size in floats per row and per sequence, and its shape and content for people.</summary>
internal sealed record Region(string Name, string PerRow, string PerSequence, string Shape);
