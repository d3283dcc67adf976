using Seq.Embedded.Generator.Tests.Properties.Interpreting;

namespace Seq.Embedded.Generator.Tests.Properties.Drawing;

/// <summary>A kind of layer: what can be drawn of it, and what it means.</summary>
/// <param name="Attribute">Name of the attribute.</param>
/// <param name="Options">Its arguments beside the number of units.</param>
/// <param name="Interpret">The layer's formula over the tensors of a file.</param>
internal sealed record LayerKind(string Attribute, IReadOnlyList<LayerOption> Options, Func<LayerContext, LayerFormula> Interpret)
{
    /// <summary>False where the attribute takes no number of units.</summary>
    public bool HasUnits { get; init; } = true;

    /// <summary>True when a time step can read earlier ones.</summary>
    public bool ReadsPast { get; init; }

    /// <summary>True for layers that read tokens: the first of a model only.</summary>
    public bool ReadsTokens { get; init; }

    /// <summary>True for layers that make one vector of all time steps: the end of time of a many-to-one model.</summary>
    public bool EndsTime { get; init; }

    /// <summary>True for layers that read several inputs at once, as vectors in memory.</summary>
    public bool ReadsWindows { get; init; }

    /// <summary>Width of the outputs of a layer that reads so many inputs.</summary>
    public Func<DrawnLayer, int, int> Width { get; init; } = (layer, _) => layer.Units;

    /// <summary>Sets options that another one rules out back to their defaults.</summary>
    public Func<DrawnLayer, DrawnLayer> Repair { get; init; } = layer => layer;

    /// <summary>The attribute's class as C# source, where a user's project declares it.</summary>
    public string Declaration { get; init; } = "";

    /// <summary>Kinds that take this one's place when a spec that fails is made smaller.</summary>
    public IReadOnlyList<LayerKind> Smaller { get; init; } = [];

    public LayerOption Option(string name) => Options.Single(option => option.Name == name);
}
