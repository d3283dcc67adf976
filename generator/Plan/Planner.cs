using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Plan;

/// <summary>Lays out a valid spec: expands stacks into layers, names their tensors and gives every panel, state and scratch vector its place.</summary>
internal static class Planner
{
    public static ModelPlan Plan(ModelSpec spec)
    {
        IReadOnlyList<string> names = LayerNames(spec.Layers);
        int lastRecurrent = spec.Layers.Count - 1;
        while (lastRecurrent >= 0 && !IsRecurrent(spec.Layers[lastRecurrent]))
        {
            lastRecurrent--;
        }

        List<LayerPlan> layers = [];
        int inputs = spec.Input, weights = 0, state = 0, scratch = 0;
        for (int specIndex = 0; specIndex < spec.Layers.Count; specIndex++)
        {
            LayerSpec layerSpec = spec.Layers[specIndex];
            for (int stack = 0; stack < layerSpec.Layers; stack++)
            {
                LayerPlan layer = PlanLayer(layerSpec, CellOf(layerSpec), names[specIndex], stack, inputs, ref weights) with
                {
                    Index = layers.Count,
                    SpecIndex = specIndex,
                    Member = Member(names[specIndex], layerSpec.Layers > 1 ? stack : -1),
                    PerSequence = spec.Task == "ManyToOne" && specIndex > lastRecurrent,
                    Softmax = CellOf(layerSpec).EndsInSoftmax(layerSpec),
                    ScratchOffset = scratch,
                };
                List<int> states = [];
                foreach (Kept _ in layer.Program.States)
                {
                    states.Add(state);
                    state += 2 * layer.Padded!.Value;
                }

                layer = layer with { StateOffsets = states };
                scratch += ModelPlan.StepScratch(layer);
                layers.Add(layer);
                inputs = layer.Units ?? 0;
            }
        }

        return new ModelPlan(spec, layers);
    }

    /// <summary>True when a time step of the layer reads what the one before left.</summary>
    public static bool IsRecurrent(LayerSpec layer) => CellOf(layer).Equations(layer).Kept.Any(kept => kept.IsState);

    public static Cell CellOf(LayerSpec layer) => Cell.All.Single(cell => cell.Attribute == layer.Kind);

    /// <summary>The given name, or the kind in lower case, numbered from 1 where the model has several of the kind without a name.</summary>
    public static IReadOnlyList<string> LayerNames(IReadOnlyList<LayerSpec> layers)
    {
        List<string> names = [];
        foreach (LayerSpec layer in layers)
        {
            bool Unnamed(LayerSpec other) => other.Name is null && other.Kind == layer.Kind;
            string kind = layer.Kind.ToLowerInvariant();
            int number = names.Count == 0 ? 1 : layers.Take(names.Count).Count(Unnamed) + 1;
            names.Add(layer.Name ?? (layers.Count(Unnamed) == 1 ? kind : $"{kind}{number}"));
        }

        return names;
    }

    private static LayerPlan PlanLayer(LayerSpec spec, Cell cell, string name, int stack, int inputs, ref int weights)
    {
        CellProgram program = new(cell.Equations(spec));
        List<PanelPlan> panels = [];
        LayerPlan layer = new(0, spec, 0, cell, program, name, stack, inputs, spec.Units, panels, false, false);
        foreach (CellOperand operand in program.Operands)
        {
            int tensor = operand.IsInput ? 0 : 1;
            PanelPlan panel = new(operand, weights, $"{name}.{cell.TensorName("weight", tensor, stack)}", $"{name}.{cell.TensorName("bias", tensor, stack)}");
            panels.Add(panel);
            weights += panel.Size(layer, layer.Units ?? 0);
        }

        return layer;
    }

    /// <summary>A layer's name as part of a member: of <c>encoder.gru</c> <c>EncoderGru</c>, of layer 0 of a stack <c>EncoderGruL0</c>, of <c>0</c> <c>Layer0</c>.</summary>
    /// <param name="name">A valid name of a layer.</param>
    /// <param name="stack">Which layer of a stack, or -1.</param>
    public static string Member(string name, int stack)
    {
        string pascal = string.Concat(name.Split(['.', '_'], StringSplitOptions.RemoveEmptyEntries).Select(part => char.ToUpperInvariant(part[0]) + part.Substring(1)));
        pascal = pascal.Length > 0 && char.IsDigit(pascal[0]) ? "Layer" + pascal : pascal;
        return stack < 0 ? pascal : $"{pascal}L{stack}";
    }
}
