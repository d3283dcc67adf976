namespace Seq.Embedded.Generator.Spec;

/// <summary>What the user wrote about one model: values only, no symbol and no place, so that equal specs give equal code.</summary>
/// <param name="Namespace">Namespace of the class, or empty.</param>
/// <param name="Name">Name of the class as C# writes it: with @ before a keyword.</param>
/// <param name="HasSummary">True when the user's declaration has a documentation comment of its own.</param>
/// <param name="Shape">Whether the generator can add to the class.</param>
/// <param name="Input">Size of the input vector.</param>
/// <param name="Task">ManyToMany or ManyToOne.</param>
/// <param name="Budgets">MaxWeightBytes, MaxStateBytes, MaxMultiplyAddsPerStep; those that were given.</param>
/// <param name="Layers">The layers, input to output.</param>
internal sealed record ModelSpec(
    string Namespace,
    string Name,
    bool HasSummary,
    ClassShape Shape,
    int Input,
    string Task,
    EquatableArray<OptionSpec> Budgets,
    EquatableArray<LayerSpec> Layers)
{
    /// <summary>Float32 or Int8: how the model holds its weights.</summary>
    public string Weights { get; init; } = "Float32";

    public bool HasInt8Weights => Weights == "Int8";

    /// <summary>Time steps of a chunk in which a model with a reverse direction is streamed; 0 where it reads the whole sequence.</summary>
    public int LookAhead { get; init; }

    /// <summary>The features of audio that the model takes; null where its inputs are anything.</summary>
    public FeatureSpec? Features { get; init; }

    /// <summary>True where [AudioFeatures] stands above the class and means nothing: its library or its namespace is missing.</summary>
    public bool LacksAudioLibrary { get; init; }

    /// <summary>What the aliases in the generated code begin with: another text than the usual where the model's class sees a name like one of them.</summary>
    public string AliasPrefix { get; init; } = Aliases.Prefix;

    /// <summary>True for an encoder-decoder model.</summary>
    public bool HasDecoder => Layers.Any(layer => layer.Is(Cells.LayerKind.Decoder));

    public string FullName => Namespace.Length == 0 ? Name : Namespace + "." + Name;
}

/// <summary>Traits of the declaration that decide whether a partial class can be added to it.</summary>
/// <param name="IsPartial">True when the declaration has the modifier partial.</param>
/// <param name="Unsupported">What the type is that no model can be: "nested in another type", "a record"; or empty.</param>
/// <param name="StrayLayer">Index of the first layer that does not stand on the declaration with [SequenceModel], or -1.</param>
internal sealed record ClassShape(bool IsPartial, string Unsupported, int StrayLayer)
{
    /// <summary>The version of C# that the project is written in where it is older than the generated code: 11.0; or empty.</summary>
    public string Language { get; init; } = "";
}

/// <summary>One layer attribute.</summary>
/// <param name="Kind">Name of the attribute without its suffix: Gru.</param>
/// <param name="Units">Size, or null for an open layer.</param>
/// <param name="Layers">How many are stacked.</param>
/// <param name="Name">Name of the layer's tensors, or null for the default.</param>
/// <param name="Dropout">Probability of dropping an output in training.</param>
/// <param name="Options">The options of the kind of layer, given or not, as the name of their value: Activation, Reset.</param>
internal sealed record LayerSpec(string Kind, int? Units, int Layers, string? Name, double Dropout, EquatableArray<OptionSpec> Options)
{
    /// <summary>The equations of a user's cell; null for a cell of the library.</summary>
    public CellText? Text { get; init; }

    /// <summary>Forward, Reverse or Bidirectional.</summary>
    public string Direction { get; init; } = "Forward";

    /// <summary>Concatenate, Sum or Average: how the outputs of both directions become one.</summary>
    public string Merge { get; init; } = "Concatenate";

    /// <summary>True where the layer's input is added to its output.</summary>
    public bool Residual { get; init; }

    /// <summary>True for a layer of this library of that kind.</summary>
    public bool Is(string kind) => Kind == kind && Text is null;

    /// <summary>True for what turns tokens into vectors.</summary>
    public bool TakesTokens => Is(Cells.LayerKind.Embedding) || Is(Cells.LayerKind.OneHot);

    /// <summary>The value of an option that is true or false.</summary>
    public bool Has(string name, bool otherwise = false) => Option(name, otherwise ? "True" : "False") == "True";

    public string Option(string name, string otherwise) => Options.FirstOrDefault(option => option.Name == name)?.Value ?? otherwise;

    /// <summary>The value of an option that is a whole number.</summary>
    public int Number(string name, int otherwise = 0) =>
        int.Parse(Option(name, otherwise.ToString(System.Globalization.CultureInfo.InvariantCulture)), System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A named argument as text.</summary>
internal sealed record OptionSpec(string Name, string Value);

/// <summary>A member that the user's part of the class declares.</summary>
internal sealed record MemberSpec(string Name, bool IsMethod);
