using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Plan;

namespace Seq.Embedded.Generator.Emit;

/// <summary>Writes what a model does with its weights: creation, loading, saving, the table of panels.</summary>
internal static class WeightsEmitter
{
    /// <param name="code">What is written to.</param>
    /// <param name="plan">The model as a stream runs it.</param>
    /// <param name="training">The model as training runs it.</param>
    public static void Emit(CodeWriter code, ModelPlan plan, ModelPlan training)
    {
        string name = plan.Spec.Name;
        bool isInt8 = plan.Spec.HasInt8Weights;
        string files = isInt8 ? "Int8Weights" : "ModelWeights", create = isInt8 ? $"Quantized(weights.Span{(plan.IsOpen ? ", outputs" : "")})" : "weights";
        string outputs = plan.IsOpen ? "outputs" : "";
        string outputsParameter = plan.IsOpen ? "int outputs" : "";
        string and = plan.IsOpen ? ", " : "";
        code.Lines(
            $$"""
            // The order of the floats in memory that the kernels below are written for: a runtime library with another one does not compile with them.
            private const int PanelLayout = global::Seq.Embedded.Kernels.Panel.LayoutVersion1;{{(isInt8 ? "\nprivate const int Int8PanelLayout = global::Seq.Embedded.Kernels.Int8Panel.LayoutVersion1;" : "")}}

            private readonly global::Seq.Embedded.Kernels.AlignedBuffer _weights;

            private {{name}}(global::Seq.Embedded.Kernels.AlignedBuffer weights, global::System.Collections.Generic.IReadOnlyDictionary<string, string> metadata{{and}}{{outputsParameter}})
            {
                _weights = weights;
                Metadata = global::System.Collections.Immutable.ImmutableDictionary.ToImmutableDictionary(metadata);
            """);
        if (plan.IsOpen)
        {
            code.Line("    OutputSize = outputs;");
        }

        code.Lines(
            $$"""
            }

            /// <summary>Texts that the weight file carries beside the tensors; empty for a new model. They never change.</summary>
            public global::System.Collections.Generic.IReadOnlyDictionary<string, string> Metadata { get; }

            /// <summary>Creates a model with random weights, drawn as PyTorch draws them: uniform within +-1/sqrt(H) for recurrent layers, +-1/sqrt(I) for dense ones{{(plan.Layers.Any(layer => layer.Window is not null) ? ", +-1/sqrt(I K) for convolutions" : "")}}{{(plan.Layers.Any(layer => layer.Cell.IsTable) ? ", normal (0, 1) for embeddings" : "")}}{{(HasStatedValues(plan) ? "; trained vectors and biases for which the layer states a value have it" : "")}}.</summary>
            """);
        if (plan.IsOpen)
        {
            code.Line($"/// <param name=\"outputs\">Number of outputs (O); 1 to {Numbers.Text(Validator.MaxSize)}.</param>");
        }

        code.Lines(
            $$"""
            /// <param name="seed">The same seed gives the same weights, on every machine.</param>{{(plan.IsOpen ? $"\n/// <exception cref=\"global::System.ArgumentOutOfRangeException\">outputs is below 1 or above {Numbers.Text(Validator.MaxSize)}.</exception>" : "")}}
            public static {{name}} Create({{outputsParameter}}{{and}}int seed)
            {
            """);
        EmitOutputsCheck(code, plan);
        code.Lines(
            $$"""
                global::Seq.Embedded.Kernels.AlignedBuffer weights = new({{WeightFloats(training)}});
                global::Seq.Embedded.Weights.ModelWeights.Initialize(Panels({{outputs}}), weights.Span, seed);
                return new {{name}}({{create}}, global::System.Collections.Immutable.ImmutableDictionary<string, string>.Empty{{and}}{{outputs}});
            }

            /// <summary>Loads the model from a safetensors file: of this library, or a PyTorch state_dict with the same names and shapes{{(isInt8 ? "; floats are rounded to 8 bits" : "")}}.</summary>
            /// <param name="path">The file.</param>
            /// <exception cref="global::Seq.Embedded.Weights.WeightFileException">A tensor is wrong, missing or extra, or the file is of another model; the message names it.</exception>
            /// <exception cref="global::System.IO.IOException">The file is missing or cannot be read.</exception>
            /// <exception cref="global::System.UnauthorizedAccessException">Reading the file is not permitted, or the path is a folder.</exception>
            /// <exception cref="global::System.ArgumentException">The path is null, empty or has a null character.</exception>
            public static {{name}} Load(string path) => Load(global::Seq.Embedded.Weights.SafeTensorsFile.Read(path));

            /// <summary>Loads the model from a safetensors file that was read before.</summary>
            /// <param name="file">The file; it is not needed afterwards.</param>
            /// <exception cref="global::Seq.Embedded.Weights.WeightFileException">A tensor is wrong, missing or extra, or the file is of another model; the message names it.</exception>
            /// <exception cref="global::System.ArgumentNullException">file is null.</exception>
            public static {{name}} Load(global::Seq.Embedded.Weights.SafeTensorsFile file)
            {
                global::System.ArgumentNullException.ThrowIfNull(file);
            """);
        if (plan.IsOpen)
        {
            code.Line($"    int outputs = global::Seq.Embedded.Weights.ModelWeights.GetRows(file, \"{plan.Last.Panels[0].Weight}\", {Names.Number(Validator.MaxSize)});");
        }

        code.Lines(
            $$"""
                global::Seq.Embedded.Kernels.AlignedBuffer weights = new({{WeightFloats(plan)}});
                global::Seq.Embedded.Weights.{{files}}.Load(file, Panels({{outputs}}), Spec, weights.Span);
                return new {{name}}(weights, file.Metadata{{and}}{{outputs}});
            }

            /// <summary>Writes the weights as safetensors with PyTorch's names and shapes{{(isInt8 ? ", 8 bits a weight with a scale a row (NAME_scale)" : "")}}, atomically: the file is either the old one or the whole new one.</summary>
            /// <param name="path">The file; replaced when it exists, unchanged when an exception is thrown.</param>
            /// <param name="metadata">Texts to store beside the tensors; default: those the model was loaded with.</param>
            /// <exception cref="global::Seq.Embedded.Weights.WeightFileException">A weight is NaN or infinite: such a file could not be loaded again.</exception>
            /// <exception cref="global::System.IO.IOException">The folder is missing, the disk is full, or the path is a folder or device.</exception>
            /// <exception cref="global::System.UnauthorizedAccessException">The folder may not be written to.</exception>
            /// <exception cref="global::System.ArgumentException">The path is null, empty or has a null character, or the metadata exceed 100 MB.</exception>
            public void Save(string path, global::System.Collections.Generic.IReadOnlyDictionary<string, string>? metadata = null) =>
                global::Seq.Embedded.Weights.{{files}}.Save(path, Panels({{(plan.IsOpen ? "OutputSize" : "")}}), Spec, _weights.Span, metadata ?? Metadata);

            {{CreateStream(plan)}}

            /// <summary>Starts training from a copy of the model's weights. Memory is taken here, and none per training step.</summary>
            /// <param name="options">Sizes and settings.</param>
            /// <exception cref="global::System.ArgumentOutOfRangeException">A setting is out of its range, or the trainer needs more memory than there is or than the options allow.</exception>
            /// <exception cref="global::System.ArgumentException">FrozenLayers names a layer that is none, or all of them, or the model has no checkpoints of activations; or the settings of the optimiser contradict each other.</exception>
            /// <exception cref="global::System.ArgumentNullException">options is null.</exception>
            public Trainer CreateTrainer(global::Seq.Embedded.Training.TrainerOptions options) => new(this, options);

            /// <summary>The bytes that a trainer takes at creation (its MemoryBytes), stated before they are taken. Takes none.</summary>
            /// <param name="options">Sizes and settings.</param>{{(plan.IsOpen ? $"\n/// <param name=\"outputs\">Number of outputs (O) of the model; 1 to {Numbers.Text(Validator.MaxSize)}.</param>" : "")}}
            /// <exception cref="global::System.ArgumentOutOfRangeException">{{(plan.IsOpen ? $"outputs is below 1 or above {Numbers.Text(Validator.MaxSize)}, a" : "A")}} setting is out of its range, or a buffer would be longer than arrays can be.</exception>
            /// <exception cref="global::System.ArgumentException">FrozenLayers names a layer that is none, or all of them, or the model has no checkpoints of activations; or the settings of the optimiser contradict each other.</exception>
            /// <exception cref="global::System.ArgumentNullException">options is null.</exception>
            public static long GetTrainerMemoryBytes(global::Seq.Embedded.Training.TrainerOptions options{{(plan.IsOpen ? ", int outputs)" : ") =>")}}
            """);
        string bytes = $"Trainer.Layout({outputs}).GetMemoryBytes(options, {(isInt8 ? $"FloatCount({outputs})" : WeightFloats(training))});";
        if (plan.IsOpen)
        {
            code.Line("{");
            EmitOutputsCheck(code, plan);
            code.Line("    return " + bytes);
            code.Line("}");
        }
        else
        {
            code.Line("    " + bytes);
        }

        code.Line();
        code.Lines(
            $$"""
            {{(isInt8 ? Conversions(plan, training) : "")}}/// <summary>The panels of weights, in the order in which they lie in memory.</summary>
            private static global::Seq.Embedded.Weights.PanelTensor[] Panels({{outputsParameter}}) =>
            [
            """);
        foreach ((LayerPlan layer, LayerPlan trained) in plan.Layers.Zip(training.Layers, (layer, trained) => (layer, trained)))
        {
            EmitPanels(code, layer, trained);
        }

        code.Line("];");
        code.Line();
    }

    private static void EmitOutputsCheck(CodeWriter code, ModelPlan plan)
    {
        if (plan.IsOpen)
        {
            code.Line("    global::System.ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);");
            code.Line($"    global::System.ArgumentOutOfRangeException.ThrowIfGreaterThan(outputs, {Names.Number(Validator.MaxSize)});");
        }
    }

    private static string CreateStream(ModelPlan plan) => plan switch
    {
        { IsOneToMany: true } => """
            /// <summary>Starts a stream for one source after the other. Memory is taken here, and none per step.</summary>
            public Stream CreateStream() => new(this, 1);
            """,
        { HasDecoder: true } => $"""
            /// <summary>Starts a stream for one source after the other. Memory is taken here, and none per step.</summary>
            /// <param name="maxSourceSteps">The most time steps of a source; 1 to {Numbers.Text(plan.MostSourceSteps)}.</param>
            /// <exception cref="global::System.ArgumentOutOfRangeException">maxSourceSteps is below 1 or above {Numbers.Text(plan.MostSourceSteps)}.</exception>
            public Stream CreateStream(int maxSourceSteps) => new(this, maxSourceSteps);
            """,
        { ReadsWholeSequence: true } => $"""
            /// <summary>Takes the memory for runs over whole sequences, and none per run.</summary>
            /// <param name="maxSteps">The most time steps of a sequence; 1 to {Numbers.Text(plan.MostSteps)}.</param>
            /// <exception cref="global::System.ArgumentOutOfRangeException">maxSteps is below 1 or above {Numbers.Text(plan.MostSteps)}.</exception>
            public Stream CreateStream(int maxSteps) => new(this, maxSteps);
            """,
        _ => $$"""
            /// <summary>Starts a stream with a state of its own, {{(plan.States.Any(state => state.InitialOffset is not null) ? "as every sequence begins" : "all zero")}}. Memory is taken here, and none per step.</summary>
            public Stream CreateStream() => new(this);
            """,
    };

    /// <summary>True where a new model has values that are not drawn.</summary>
    private static bool HasStatedValues(ModelPlan plan) => plan.Layers.Any(layer =>
        layer.Program.Equations.Tensors.SelectMany(tensor => tensor.Vectors).Any(vector => vector.Initial is not null)
        || layer.Panels.Any(panel => panel.Bias is not null && panel.Operand.Accumulators.Any(accumulator => accumulator.Affine.Gate.InitialBias is not null)));

    /// <summary>From the weights of a stream to those of training and back.</summary>
    private static string Conversions(ModelPlan plan, ModelPlan training)
    {
        string outputs = plan.IsOpen ? "outputs" : "", and = plan.IsOpen ? ", int outputs" : "";
        return $$"""
            /// <summary>Floats of the packed weights in training.</summary>
            private static int FloatCount({{(plan.IsOpen ? "int outputs" : "")}}) => {{WeightFloats(training)}};

            /// <summary>The weights as floats: training starts from them.</summary>
            private global::Seq.Embedded.Kernels.AlignedBuffer Floats()
            {{{(plan.IsOpen ? "\n    int outputs = OutputSize;" : "")}}
                global::Seq.Embedded.Kernels.AlignedBuffer floats = new(FloatCount({{outputs}}));
                global::Seq.Embedded.Weights.Int8Weights.Dequantize(Panels({{outputs}}), _weights.Span, floats.Span);
                return floats;
            }

            private static global::Seq.Embedded.Kernels.AlignedBuffer Quantized(SeqReadOnlySpan floats{{and}})
            {
                global::Seq.Embedded.Kernels.AlignedBuffer weights = new({{WeightFloats(plan)}});
                global::Seq.Embedded.Weights.Int8Weights.Quantize(Panels({{outputs}}), floats, weights.Span);
                return weights;
            }


            """;
    }

    /// <param name="code">What is written to.</param>
    /// <param name="layer">The layer as a stream runs it.</param>
    /// <param name="trained">The same as training runs it.</param>
    private static void EmitPanels(CodeWriter code, LayerPlan layer, LayerPlan trained)
    {
        string fan = layer.IsOpen ? Names.Number(layer.Columns) : Names.Number(layer.Cell.InitialFan(layer.Columns, layer.Units!.Value));
        string kernel = layer.Window is { } window ? $", Kernel = {Names.Number(window.Kernel)}" : "";
        string Int8(int offset, bool isInt8) => layer == trained ? "" : $", Int8Offset = {Names.Number(offset)}{(isInt8 ? ", IsInt8 = true" : "")}";
        foreach ((PanelPlan panel, PanelPlan floats) in layer.Panels.Zip(trained.Panels, (panel, floats) => (panel, floats)))
        {
            // A file stacks the gates that have a map of the kind; a cell of this library has one for each.
            List<Gate> stacked = [.. layer.Panels.Where(other => other.Weight == panel.Weight).SelectMany(other => other.Operand.Accumulators).Select(a => a.Affine.Gate).OrderBy(gate => gate.Index)];
            string order = string.Join(", ", panel.Operand.Accumulators.Select(a => Names.Number(stacked.IndexOf(a.Affine.Gate))));
            string bias = panel.Bias is null ? "null" : $"\"{panel.Bias}\"";
            string initial = panel.Bias is null ? "" : InitialBias(panel.Operand.Accumulators.Select(a => a.Affine.Gate.InitialBias is { } value ? panel.Operand.IsInput ? value : 0 : (double?)null));
            code.Line($"    new(\"{panel.Weight}\", {bias}, {Names.Units(layer, panel.Operand.Space)}, {Names.Number(panel.Columns(layer))}, {Names.Number(floats.Offset)}, [{order}]) {{ FileGates = {Names.Number(stacked.Count)}, InitialFan = {fan}{initial}{kernel}{(layer.Cell.IsTable ? ", IsTable = true" : "")}{Int8(panel.Offset, panel.IsInt8)} }},");
        }

        foreach ((ParameterPlan parameter, ParameterPlan floats) in layer.Parameters.Zip(trained.Parameters, (parameter, floats) => (parameter, floats)))
        {
            IReadOnlyList<Parameter> vectors = parameter.Tensor.Vectors;
            string order = string.Join(", ", Enumerable.Range(0, vectors.Count).Select(i => Names.Number(i)));
            string initial = InitialBias(vectors.Select(vector => vector.Initial));
            code.Line($"    new(null, \"{parameter.Name}\", {Names.Number(parameter.Units(layer))}, 0, {Names.Number(floats.Offset)}, [{order}]) {{ InitialFan = {fan}{initial}{Int8(parameter.Offset, isInt8: false)} }},");
        }
    }

    private static string InitialBias(IEnumerable<double?> values)
    {
        List<double?> all = [.. values];
        return all.All(value => value is null) ? "" : $", InitialBias = [{string.Join(", ", all.Select(value => value is { } number ? Names.Single(number) : "null"))}]";
    }

    /// <summary>Floats of the packed weights: a number, or for an open model an expression in <c>outputs</c>.</summary>
    public static string WeightFloats(ModelPlan plan)
    {
        long fixedFloats = plan.WeightFloats(0);
        return plan.IsOpen
            ? $"{Names.Number(fixedFloats)} + ({Names.Number(plan.Last.PackedFloats(1) / ModelPlan.UnitPadding)} * {Names.Padded(plan.Last)})"
            : Names.Number(fixedFloats);
    }
}
