using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Plan;

/// <summary>Lays out a valid spec, and names its layers.</summary>
internal static class Planner
{
    /// <summary>The model as a stream runs it.</summary>
    public static ModelPlan Plan(ModelSpec spec) => new GraphBuilder(spec, spec.HasInt8Weights).Build();

    /// <summary>The model as training runs it: with weights of floats.</summary>
    public static ModelPlan PlanTraining(ModelSpec spec) => new GraphBuilder(spec, hasInt8Weights: false).Build();

    /// <summary>True when a time step of the layer reads what the one before left.</summary>
    public static bool IsRecurrent(LayerSpec layer) => CellOf(layer)?.Equations(layer).Kept.Any(kept => kept.IsState) == true;

    public static LayerKind KindOf(LayerSpec layer) => LayerKind.Of(layer.Kind, layer.Text);

    /// <summary>True when the output of a time step depends on inputs before it, or not every time step has one: a many-to-one model takes its output above the last such layer.</summary>
    public static bool ReadsPast(LayerSpec layer) => IsRecurrent(layer) || CellOf(layer) is { PoolsTime: true } || CellOf(layer)?.Window(layer) is { GoesThroughTime: true };

    /// <summary>Index of the last such layer, or -1.</summary>
    public static int LastOverTime(IReadOnlyList<LayerSpec> layers) => layers.ToList().FindLastIndex(ReadsPast);

    /// <summary>The cell of a layer, or null for a layer of other nodes.</summary>
    public static Cell? CellOf(LayerSpec layer) => KindOf(layer) as Cell;

    /// <summary>
    /// The given name, or the kind in lower case, numbered from 1 where the model has several of the kind without a name. The layers of a decoder are counted
    /// by themselves, and those with names of their kind are <c>decoder.gru</c>; attention stays <c>attention</c>.
    /// </summary>
    public static IReadOnlyList<string> LayerNames(IReadOnlyList<LayerSpec> layers)
    {
        int decoder = layers.ToList().FindIndex(layer => layer.Is(LayerKind.Decoder)) + 1;
        if (decoder == 0)
        {
            return NamesOf(layers);
        }

        List<LayerSpec> below = [.. layers.Skip(decoder)];
        return [.. NamesOf([.. layers.Take(decoder)]), .. NamesOf(below).Zip(below, (name, layer) => layer.Name is null && !layer.Is(LayerKind.Attention) ? "decoder." + name : name)];
    }

    private static IReadOnlyList<string> NamesOf(IReadOnlyList<LayerSpec> layers)
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

    /// <summary>A layer's name as part of a member: of <c>encoder.gru</c> <c>EncoderGru</c>, of layer 0 of a stack <c>EncoderGruL0</c>, of <c>0</c> <c>Layer0</c>.</summary>
    /// <param name="name">A valid name of a layer.</param>
    /// <param name="stack">Which layer of a stack, or -1.</param>
    /// <param name="isReverse">True for the reverse direction: <c>GruReverse</c>.</param>
    public static string Member(string name, int stack, bool isReverse = false)
    {
        string pascal = string.Concat(name.Split(['.', '_'], StringSplitOptions.RemoveEmptyEntries).Select(part => char.ToUpperInvariant(part[0]) + part.Substring(1)));
        pascal = pascal.Length > 0 && char.IsDigit(pascal[0]) ? "Layer" + pascal : pascal;
        return $"{pascal}{(stack < 0 ? "" : $"L{stack}")}{(isReverse ? "Reverse" : "")}";
    }
}
