using Seq.Embedded.Generator.Diagnostics;
using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Plan;

/// <summary>The rules of directions of time, of how they merge, of looking ahead, and of layers whose input is added to their output.</summary>
internal static class DirectionRules
{
    /// <summary>The longest chunk: a stream holds its rows.</summary>
    public const int MaxLookAhead = 1_024;

    private static readonly string[] Directions = ["Forward", "Reverse", "Bidirectional"];
    private static readonly string[] Merges = ["Concatenate", "Sum", "Average"];

    public static void Validate(ModelSpec spec, Fail fail)
    {
        ValidateLookAhead(spec, fail);
        int? inputs = spec.Input;
        for (int i = 0; i < spec.Layers.Count; i++)
        {
            LayerSpec layer = spec.Layers[i];
            ValidateDirection(layer, i, fail);
            if (layer.Residual)
            {
                ValidateResidual(spec, i, inputs, fail);
            }

            inputs = Outputs(layer, inputs);
        }
    }

    private static void ValidateLookAhead(ModelSpec spec, Fail fail)
    {
        SpecPlace place = new(-1, "LookAhead");
        if (spec.LookAhead is < 0 or > MaxLookAhead)
        {
            Remedy nearest = new(place, Remedies.Literal(Math.Min(Math.Max(spec.LookAhead, 0), MaxLookAhead)));
            fail(Descriptors.SizeOutOfRange, place, ["LookAhead", Numbers.Text(spec.LookAhead), $"1 to {Numbers.Text(MaxLookAhead)}, or 0 (the whole sequence)"], nearest);
        }
        else if (spec.LookAhead > 0 && spec.Layers.All(layer => layer.Direction == "Forward"))
        {
            fail(Descriptors.LookAheadWithoutReverse, place, [Numbers.Text(spec.LookAhead), spec.Name], new Remedy(place, "0"));
        }
        else if (spec.LookAhead > 0 && spec.Task == "ManyToOne")
        {
            fail(Descriptors.LookAheadOfManyToOne, place, [Numbers.Text(spec.LookAhead), spec.Name], new Remedy(place, "0"));
        }
    }

    private static void ValidateDirection(LayerSpec layer, int index, Fail fail)
    {
        Validator.ValidateChoice(layer.Direction, Directions, new SpecPlace(index, "Direction"), fail);
        Validator.ValidateChoice(layer.Merge, Merges, new SpecPlace(index, "Merge"), fail);
        if ((layer.Direction is "Forward" or "Reverse") && layer.Merge is "Sum" or "Average")
        {
            fail(Descriptors.MergeOfOneDirection, new SpecPlace(index, "Merge"), [layer.Merge, layer.Kind, layer.Direction], new Remedy(new SpecPlace(index, "Direction"), "Bidirectional"));
        }
    }

    private static void ValidateResidual(ModelSpec spec, int index, int? inputs, Fail fail)
    {
        LayerSpec layer = spec.Layers[index];
        SpecPlace place = new(index, "Residual");
        Remedy remedy = new(place, "false");
        if (NoResidual(layer) is { } problem)
        {
            fail(Descriptors.ResidualOfLastLayer, place, [layer.Kind, problem], remedy);
        }
        else if (inputs is { } width && Outputs(layer, inputs) is { } outputs && width != outputs)
        {
            fail(Descriptors.ResidualOfOtherSize, place, [layer.Kind, Numbers.Text(width), Numbers.Text(outputs)], remedy);
        }
        else if (spec.Task == "ManyToOne" && layer.Direction != "Forward" && index == Planner.LastOverTime(spec.Layers))
        {
            fail(Descriptors.ResidualOfLastStates, place, [layer.Kind, layer.Direction], remedy);
        }
    }

    /// <summary>Why no input can be added to the layer's output, or null.</summary>
    private static string? NoResidual(LayerSpec layer) => Planner.CellOf(layer) switch
    {
        { PoolsTime: true } => "gives one row a sequence",
        var cell when cell?.Window(layer) is { Stride: not 1 } => "has a stride",
        _ when layer.Units is null => "has no size",
        _ when layer.TakesTokens => "takes tokens",
        var cell => cell?.EndsInSoftmax(layer) == true ? "ends in softmax" : null,
    };

    /// <summary>Values of a row that the layer hands up, or null where it is open.</summary>
    private static int? Outputs(LayerSpec layer, int? inputs)
    {
        if (Planner.CellOf(layer)?.PoolsTime == true)
        {
            return inputs;
        }

        int? outputs = Planner.CellOf(layer)?.Equations(layer).Output.Space.Units ?? layer.Units;
        return layer.Direction == "Bidirectional" && layer.Merge == "Concatenate" ? 2 * outputs : outputs;
    }
}
