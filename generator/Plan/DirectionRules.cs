using System.Globalization;
using Microsoft.CodeAnalysis;
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

    public static void Validate(ModelSpec spec, Action<DiagnosticDescriptor, SpecPlace, string[]> fail)
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

            inputs = Outputs(layer);
        }
    }

    private static void ValidateLookAhead(ModelSpec spec, Action<DiagnosticDescriptor, SpecPlace, string[]> fail)
    {
        SpecPlace place = new(-1, "LookAhead");
        if (spec.LookAhead is < 0 or > MaxLookAhead)
        {
            fail(Descriptors.SizeOutOfRange, place, ["LookAhead", Text(spec.LookAhead), $"1 to {Text(MaxLookAhead)}, or 0 (the whole sequence)"]);
        }
        else if (spec.LookAhead > 0 && spec.Layers.All(layer => layer.Direction == "Forward"))
        {
            fail(Descriptors.LookAheadWithoutReverse, place, [Text(spec.LookAhead), spec.Name]);
        }
        else if (spec.LookAhead > 0 && spec.Task == "ManyToOne")
        {
            fail(Descriptors.LookAheadOfManyToOne, place, [Text(spec.LookAhead), spec.Name]);
        }
    }

    private static void ValidateDirection(LayerSpec layer, int index, Action<DiagnosticDescriptor, SpecPlace, string[]> fail)
    {
        if (!Directions.Contains(layer.Direction))
        {
            fail(Descriptors.UnknownOption, new SpecPlace(index, "Direction"), ["Direction", layer.Direction, string.Join(", ", Directions)]);
        }
        else if (!Merges.Contains(layer.Merge))
        {
            fail(Descriptors.UnknownOption, new SpecPlace(index, "Merge"), ["Merge", layer.Merge, string.Join(", ", Merges)]);
        }
        else if (layer.Direction != "Bidirectional" && layer.Merge != "Concatenate")
        {
            fail(Descriptors.MergeOfOneDirection, new SpecPlace(index, "Merge"), [layer.Merge, layer.Kind, layer.Direction]);
        }
    }

    private static void ValidateResidual(ModelSpec spec, int index, int? inputs, Action<DiagnosticDescriptor, SpecPlace, string[]> fail)
    {
        LayerSpec layer = spec.Layers[index];
        SpecPlace place = new(index, "Residual");
        if (layer.Units is null || Planner.CellOf(layer).EndsInSoftmax(layer))
        {
            fail(Descriptors.ResidualOfLastLayer, place, [layer.Kind, layer.Units is null ? "has no size" : "ends in softmax"]);
        }
        else if (inputs is { } width && Outputs(layer) is { } outputs && width != outputs)
        {
            fail(Descriptors.ResidualOfOtherSize, place, [layer.Kind, Text(width), Text(outputs)]);
        }
        else if (spec.Task == "ManyToOne" && layer.Direction != "Forward" && index == LastRecurrent(spec))
        {
            fail(Descriptors.ResidualOfLastStates, place, [layer.Kind, layer.Direction]);
        }
    }

    private static int LastRecurrent(ModelSpec spec) => Enumerable.Range(0, spec.Layers.Count).Last(i => Planner.IsRecurrent(spec.Layers[i]));

    /// <summary>Values of a row that the layer hands up, or null where it is open.</summary>
    private static int? Outputs(LayerSpec layer) => layer.Direction == "Bidirectional" && layer.Merge == "Concatenate" ? 2 * layer.Units : layer.Units;

    private static string Text(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
