using System.Text.RegularExpressions;

namespace Seq.Embedded.Generator.Plan;

/// <summary>Names of the members that the generator adds to a class. A test compares them with the generated code.</summary>
internal static class MemberNames
{
    internal static readonly string[] Values =
    [
        "Spec", "InputSize", "OutputSize", "StateSize", "StateBytes", "ParameterCount", "WeightBytes", "MultiplyAddsPerStep", "MultiplyAddsPerSequence", "MultiplyAddsPerSourceStep", "ReadsWholeSequence", "LookAhead",
        "Layers", "LayerNames", "PanelLayout", "Int8PanelLayout", "Metadata", "Stream", "Trainer", "_weights",
    ];

    internal static readonly string[] Methods = ["Create", "Load", "Save", "CreateStream", "CreateTrainer", "GetTrainerMemoryBytes", "CheckEquivalence", "Panels", "Floats", "FloatCount", "Quantized"];

    /// <summary>Those of a model with [AudioFeatures].</summary>
    internal static readonly string[] FeatureValues = ["FrontEnd", "AudioStream"];

    internal static readonly string[] FeatureMethods = ["CreateAudioStream"];

    private static readonly Regex LayerMethod = new("^(Step|Recur|(Forward|Backward)(Stage[0-9]+)?)$", RegexOptions.CultureInvariant);

    /// <summary>True when a member of that name cannot stand beside the generated ones; a method may be an overload of a generated method.</summary>
    public static bool Contains(ModelPlan plan, string name, bool isMethod) =>
        Values.Contains(name)
        || (plan.Features is not null && (FeatureValues.Contains(name) || (!isMethod && FeatureMethods.Contains(name))))
        || (!isMethod && (Methods.Contains(name) || plan.Layers.Any(layer => IsMethodOf(layer, name))));

    private static bool IsMethodOf(LayerPlan layer, string name) =>
        name.StartsWith(layer.Member, StringComparison.Ordinal) && LayerMethod.IsMatch(name.Substring(layer.Member.Length));
}
