using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Cells;

/// <summary>What all recurrent cells share: the arguments of <c>RecurrentLayerAttribute</c>.</summary>
internal abstract class RecurrentCell : Cell
{
    protected static readonly string[] OffByDefault = ["False", "True"];

    private IReadOnlyDictionary<string, string[]>? _options;

    public sealed override IReadOnlyDictionary<string, string[]> Options => _options ??= OwnOptions.Concat(new Dictionary<string, string[]>
    {
        ["Bias"] = ["True", "False"],
        ["InitialState"] = ["Zero", "Learned"],
    }).ToDictionary(option => option.Key, option => option.Value);

    /// <summary>Arguments of this kind of cell alone.</summary>
    protected virtual IReadOnlyDictionary<string, string[]> OwnOptions { get; } = new Dictionary<string, string[]>();

    public sealed override string Detail(LayerSpec layer) =>
        OwnDetail(layer) + (layer.Has("Bias", true) ? "" : " without bias") + (layer.Option("InitialState", "Zero") == "Learned" ? " learned initial state" : "");

    protected virtual string OwnDetail(LayerSpec layer) => "";
}
