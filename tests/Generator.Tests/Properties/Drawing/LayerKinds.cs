using Seq.Embedded.Generator.Tests.Properties.Interpreting;

namespace Seq.Embedded.Generator.Tests.Properties.Drawing;

/// <summary>The table of all kinds of layers and their options. A new kind or option is a line here and its formula.</summary>
internal static class LayerKinds
{
    private static readonly LayerOption[] Common =
    [
        new(DrawnLayer.NameOption, "null", "named"),
        new("Dropout", "0", "0.25"),
        new("Residual", "false", "true"),
    ];

    private static readonly LayerOption[] CommonOfRecurrent =
    [
        .. Common,
        new("Layers", "1", "2", "3"),
        new("Direction", "Direction.Forward", "Direction.Reverse", "Direction.Bidirectional"),
        new("Merge", "DirectionMerge.Concatenate", "DirectionMerge.Sum", "DirectionMerge.Average"),
        new("Bias", "true", "false"),
        new("InitialState", "InitialState.Zero", "InitialState.Learned"),
    ];

    /// <summary>The whole table.</summary>
    public static IReadOnlyList<LayerKind> All { get; } =
    [
        new("Dense", [.. Common, Activations("None", "Relu", "Tanh", "Sigmoid", "Softmax"), new("Bias", "true", "false")], context => new DenseFormula(context)),
        Recurrent("Rnn", (context, suffix, inputs) => new RnnFormula(context, suffix, inputs), new LayerOption("Activation", "Activation.Tanh", "Activation.Relu")),
        Recurrent(
            "Gru", (context, suffix, inputs) => new GruFormula(context, suffix, inputs),
            new("Reset", "GruReset.AfterProduct", "GruReset.BeforeProduct", "GruReset.None"), new("Normalize", "false", "true")) with
        {
            Repair = layer => RepairRecurrent(layer.Is("Normalize") ? layer.Without("Reset") : layer),
        },
        Recurrent(
            "Lstm", (context, suffix, inputs) => new LstmFormula(context, suffix, inputs),
            new("Peepholes", "false", "true"), new("CoupledGates", "false", "true"), new("Projection", "0", "1", "3", "7", "17"), new("Normalize", "false", "true"), new("ForgetBias", "double.NaN", "1.5")) with
        {
            Width = (layer, _) => RecurrentWidth(layer, layer.Number("Projection") is > 0 and var projection ? projection : layer.Units),
            Repair = layer =>
            {
                layer = layer.Number("Projection") < layer.Units ? layer : layer.Without("Projection");
                return RepairRecurrent(layer.Is("Bias") ? layer : layer.Without("ForgetBias"));
            },
        },
        Recurrent("Mgu", (context, suffix, inputs) => new MguFormula(context, suffix, inputs)),
        Recurrent("FastGrnn", (context, suffix, inputs) => new FastGrnnFormula(context, suffix, inputs)),
        new("Embedding", Common[..2], context => new EmbeddingFormula(context)) { ReadsTokens = true },
        new("OneHot", [], context => new OneHotFormula(context)) { ReadsTokens = true, HasUnits = false, Width = (_, inputs) => inputs },
        new(
            "Conv1D",
            [
                .. Common, new("Kernel", "3", "1", "2", "5"), new("Stride", "1", "2", "3"), new("Dilation", "1", "2", "4"),
                new("Activation", "Activation.None", "Activation.Relu", "Activation.Tanh", "Activation.Sigmoid"), new("Bias", "true", "false"),
            ],
            context => new Conv1DFormula(context))
        {
            ReadsPast = true,
            ReadsWindows = true,
            Repair = layer => layer.Stride > 1 ? layer.Without("Residual") : layer,
        },
        new("AttentionPooling", Common[..2], context => new AttentionPoolingFormula(context)) { EndsTime = true, ReadsWindows = true, Width = (_, inputs) => inputs },
    ];

    /// <summary>A cell of drawn equations.</summary>
    public static LayerKind UserCell(int seed, int gates)
    {
        DrawnEquations equations = new(seed, gates);
        return Recurrent(equations.Name, (context, suffix, inputs) => new UserFormula(context, suffix, inputs, equations)) with
        {
            Declaration = equations.Declaration,
            Smaller = gates > 1 ? [UserCell(seed, gates - 1)] : [],
        };
    }

    private static LayerOption Activations(params string[] names) => new("Activation", [.. names.Select(name => $"Activation.{name}")]) { Positional = true };

    private static LayerKind Recurrent(string attribute, Func<LayerContext, string, int, CellFormula> cell, params LayerOption[] options) =>
        new(attribute, [.. CommonOfRecurrent, .. options], context => new RecurrentFormula(context, (suffix, inputs) => cell(context, suffix, inputs)))
        {
            ReadsPast = true,
            Width = (layer, _) => RecurrentWidth(layer, layer.Units),
            Repair = RepairRecurrent,
        };

    private static int RecurrentWidth(DrawnLayer layer, int outputs) =>
        layer["Direction"] == "Direction.Bidirectional" && layer["Merge"] is "DirectionMerge.Concatenate" or "" ? 2 * outputs : outputs;

    private static DrawnLayer RepairRecurrent(DrawnLayer layer) => layer["Direction"] == "Direction.Bidirectional" ? layer : layer.Without("Merge");
}
