using System.Text.RegularExpressions;
using Seq.Embedded.Generator.Emit.Nodes;
using Seq.Embedded.Generator.Plan;
using Seq.Embedded.Generator.Plan.Nodes;

namespace Seq.Embedded.Generator.Emit;

/// <summary>Writes the nested class Trainer: regions, layout and models; the passes over the packed rows of a shard have emitters of their own.</summary>
internal sealed class TrainerEmitter
{
    private readonly CodeWriter _code;
    private readonly GraphEmitter _graph;
    private readonly ModelPlan _plan;
    private readonly List<Region> _regions;

    private TrainerEmitter(CodeWriter code, GraphEmitter graph)
    {
        _code = code;
        _graph = graph;
        _plan = graph.Plan;
        _regions = [.. graph.All.SelectMany(emitter => emitter.Regions.Select(region => region.IsGradient ? region : region with { Layer = emitter.Node.LayerNumber }))];
    }

    public static void Emit(CodeWriter code, GraphEmitter graph) => new TrainerEmitter(code, graph).Emit();

    private void Emit()
    {
        string model = _plan.Spec.Name;
        _code.Line("/// <summary>Trains the model: back-propagation through time over mini-batches of sequences of any lengths. Allocates nothing per training step.</summary>");
        _code.Open("public sealed class Trainer : global::Seq.Embedded.Training.SequenceTrainer");
        _code.Line("// Regions of a shard's memory. Rows: one a time step of a sequence; sequences: one each; all units padded to multiples of 16.");
        for (int i = 0; i < _regions.Count; i++)
        {
            _code.Line($"private const int {_regions[i].Name} = {Names.Number(i)}; // {_regions[i].Shape}");
        }

        _code.Line();
        _code.Line("private readonly global::System.Collections.Generic.IReadOnlyDictionary<string, string> _metadata;");
        if (_plan.IsOpen)
        {
            _code.Line("private readonly int _outputs;");
        }

        _code.Line();
        EmitConstructor(model);
        bool isInt8 = _plan.Spec.HasInt8Weights;
        string outputs = _plan.IsOpen ? "_outputs" : "";
        _code.Lines(
            $$"""
            /// <summary>A model with {{(isInt8 ? "the weights as they are now, rounded to 8 bits" : "a copy of the weights as they are now")}}.</summary>
            /// <param name="metadata">Texts that the model carries; default: those of the model that the training started from.</param>
            public {{model}} ToModel(global::System.Collections.Generic.IReadOnlyDictionary<string, string>? metadata = null) =>
                ToModel(CopyWeights(), metadata);

            /// <summary>A model with the exponential moving average of the weights{{(isInt8 ? ", rounded to 8 bits" : "")}}; the weights themselves before the first update.</summary>
            /// <param name="metadata">Texts that the model carries; default: those of the model that the training started from.</param>
            /// <exception cref="global::System.InvalidOperationException">The options have an AverageDecay of 0.</exception>
            public {{model}} ToAverageModel(global::System.Collections.Generic.IReadOnlyDictionary<string, string>? metadata = null) =>
                ToModel(CopyAverage(), metadata);

            private {{model}} ToModel(global::Seq.Embedded.Kernels.AlignedBuffer weights, global::System.Collections.Generic.IReadOnlyDictionary<string, string>? metadata) =>
                new({{(isInt8 ? $"Quantized(weights.Span{(_plan.IsOpen ? ", _outputs" : "")})" : "weights")}}, metadata ?? _metadata{{(_plan.IsOpen ? ", _outputs" : "")}});
            """);
        _code.Lines(isInt8
            ? $$"""

            /// <summary>Writes the weights as they are now as floats, atomically: for training that is to go on later, or for a model with weights of floats.</summary>
            /// <param name="path">The file; replaced when it exists, unchanged when an exception is thrown.</param>
            /// <param name="metadata">Texts to store beside the tensors; default: those of the model that the training started from.</param>
            /// <exception cref="global::Seq.Embedded.Weights.WeightFileException">A weight is NaN or infinite: such a file could not be loaded again.</exception>
            /// <exception cref="global::System.IO.IOException">The folder is missing, the disk is full, or the path is a folder or device.</exception>
            /// <exception cref="global::System.UnauthorizedAccessException">The folder may not be written to.</exception>
            /// <exception cref="global::System.ArgumentException">The path is null, empty or has a null character, or the metadata exceed 100 MB.</exception>
            public void SaveFloats(string path, global::System.Collections.Generic.IReadOnlyDictionary<string, string>? metadata = null) =>
                global::Seq.Embedded.Weights.ModelWeights.Save(path, Panels({{outputs}}), Spec, Weights.Span, metadata ?? _metadata);

            """
            : $$"""

            /// <summary>The gradient of every weight after Backward, in the form of a model: it can be saved and read by name.</summary>
            public {{model}} GradientsAsModel() =>
                new(CopyGradients(), global::System.Collections.Immutable.ImmutableDictionary<string, string>.Empty{{(_plan.IsOpen ? ", _outputs" : "")}});

            """);
        if (_plan.HasDecoder)
        {
            EmitAddPair();
        }
        else
        {
            _graph.Input.TrainerMembers(_code);
        }

        EmitPass("Forward", goingBack: false);
        _code.Line();
        EmitPass("Backward", goingBack: true);
        _code.Close();
        _code.Line();
    }

    private void EmitConstructor(string model)
    {
        _code.Line($"internal Trainer({model} model, global::Seq.Embedded.Training.TrainerOptions options)");
        string layout = $"Layout({(_plan.IsOpen ? "model.OutputSize" : "")})";
        _code.Line(_plan.Spec.HasInt8Weights
            ? $"    : base(options, {layout}.Check(options, FloatCount({(_plan.IsOpen ? "model.OutputSize" : "")})), model.Floats().Span) // checked before the floats take memory"
            : $"    : base(options, {layout}, model._weights.Span)");
        _code.Open();
        _code.Line("_metadata = model.Metadata;");
        if (_plan.IsOpen)
        {
            _code.Line("_outputs = model.OutputSize;");
        }

        _code.Close();
        _code.Line();
        _code.Line($"internal static global::Seq.Embedded.Training.TrainerLayout Layout({(_plan.IsOpen ? "int outputs" : "")}) => new(");
        _code.Line($"    InputSize, {(_plan.IsOpen ? "outputs" : "OutputSize")}, OutputStride: {_graph.Output.Stride}, OutputRegion: {_graph.Output.OutputRegion}, OutputGradientRegion: {_graph.Output.GradientRegion},");
        _code.Line($"    OutputAxis: {Names.Number(_plan.Output.Axis.Index)}, OutputActivation: global::Seq.Embedded.Activation.{_plan.OutputActivation},");
        _code.Line("    [");
        foreach (Region region in _regions)
        {
            string axis = region.Axis > 0 ? $", Axis: {Names.Number(region.Axis)}" : "", layer = region.Layer > 0 ? $", Layer: {Names.Number(region.Layer)}" : "";
            _code.Line($"        new({region.PerRow}, {region.PerSequence}{axis}{layer}{(region.IsGradient ? ", IsGradient: true" : "")}), // {region.Name}");
        }

        EmitLayoutOptions();
        _code.Line();
    }

    private void EmitAddPair()
    {
        InputEmitter input = _graph.Input;
        string steps = _plan.IsOneToMany ? "T = 1" : "T from 1 to MaxSteps";
        _code.Lines(
            $"""
            /// <summary>Adds a source and the tokens that the decoder takes, for teacher forcing the begin token and the target without its end; they are copied. Allocates nothing.</summary>
            /// {input.RunText.Replace("T of any length", steps).Replace("\"inputs\"", "\"source\"")}
            /// <param name="targetInputs">The tokens (U), each 0 to V - 1, U from 1 to MaxTargetSteps: the outputs are the probabilities (U, V) of the tokens after them.</param>
            /// <returns>Index of the pair in the batch.</returns>
            /// <exception cref="global::System.ArgumentOutOfRangeException">A token is outside its vocabulary.</exception>
            /// <exception cref="global::System.ArgumentException">A length is out of its range.</exception>
            /// <exception cref="global::System.InvalidOperationException">The batch is full, or Forward has been called since Clear.</exception>
            public int Add({input.RunType} source, global::System.ReadOnlySpan<int> targetInputs) => AddPair(source, targetInputs);

            """);
    }

    /// <summary>What the layout has beside sizes and regions: the tensors of the weights, axes of time, tokens, and where states lie.</summary>
    private void EmitLayoutOptions()
    {
        List<string> initial = [], final = [];
        int at = 0;
        foreach (NodeEmitter emitter in _plan.SnapshotNodes.Select(node => _graph[node]))
        {
            string axis = emitter.Node.Axis.IsTime ? $", Axis: {Names.Number(emitter.Node.Axis.Index)}" : "";
            foreach ((StatePlan state, string rows) in emitter.Node.States.Zip(emitter.StateRegions, (state, rows) => (state, rows)))
            {
                string Place(string region) => $"{Names.Number(at)}, {Names.Number(state.Width)}, {region}, {Names.Number(state.Padded)}";
                initial.AddRange(emitter.InitialStates.Where(other => other.State == state).Select(other => $"new({Place(other.Region)})"));
                final.Add($"new({Place(rows)}{axis})");
                at += state.Width;
            }
        }

        List<string> options = ["Spec = Spec,", $"Panels = Panels({(_plan.IsOpen ? "outputs" : "")}),"];
        if (_plan.Axes.Count > 1)
        {
            options.Add($"Axes = [{string.Join(", ", _plan.Axes.Select(axis => $"new(Stride: {Names.Number(axis.Stride)}){(axis.IsTarget ? " { IsTarget = true }" : "")}"))}],");
        }

        if (_plan.HasDecoder)
        {
            options.Add($"TargetSize = OutputSize,{(_plan.IsOneToMany ? " OneStep = true," : "")}");
        }

        if (_graph.Input.Node.HoldsTokens)
        {
            options.Add("Tokens = true,");
        }

        if (_plan.BeginsAnew)
        {
            options.Add("BeginsAnew = true,");
        }
        else if (at > 0 && !_plan.HasDecoder)
        {
            options.Add("StateSize = StateSize,");
            options.Add($"InitialStates = [{string.Join(", ", initial)}],");
            options.Add($"FinalStates = [{string.Join(", ", final)}],");
        }

        if (_graph.TransposedPanels.Count > 0)
        {
            IEnumerable<string> panels = _graph.TransposedPanels.Select(entry =>
                $"new({Names.Number(entry.Panel.Offset)}, {Names.Units(entry.Layer, entry.Panel.Operand.Space)}, {Names.Number(entry.Panel.Columns(entry.Layer))}, {Names.Number(entry.Panel.Operand.Vectors)}{(entry.GradientLayer > 0 ? $", Layer: {Names.Number(entry.GradientLayer)}" : "")})");
            options.Add($"TransposedPanels = [{string.Join(", ", panels)}],");
        }

        EmitFreezing(options);
        _code.Line("    ])");
        _code.Line("{");
        options.ForEach(option => _code.Line("    " + option));
        _code.Line("};");
    }

    /// <summary>What freezing of layers and checkpoints of activations need to know.</summary>
    private void EmitFreezing(List<string> options)
    {
        options.Add("LayerNames = LayerNames,");
        if (_plan.LayerNames.Count > 1)
        {
            List<(int Layer, int Offset)> weights = [];
            foreach (Node node in _plan.Nodes.Where(node => node.Weights is not null && (weights.Count == 0 || weights[weights.Count - 1].Layer != node.LayerNumber)))
            {
                weights.Add((node.LayerNumber, node.Weights!.Panels[0].Offset));
            }

            options.Add($"Weights = [{string.Join(", ", weights.Select(entry => $"new(Layer: {Names.Number(entry.Layer)}, Offset: {Names.Number(entry.Offset)})"))}],");
            if (_plan.Cuts.Any())
            {
                options.Add($"Cuts = [{string.Join(", ", _plan.Cuts.Select(Cut))}],");
            }
        }

        if (_plan.WholeSequenceLayer is { } layer)
        {
            options.Add($"WholeSequenceLayer = \"{layer}\",");
        }
    }

    private string Cut((int Layer, Node Rows) cut)
    {
        // Dropout leaves the rows below it as they are where it is frozen.
        NodeEmitter rows = _graph[cut.Rows.Storage];
        return $"new(Layer: {Names.Number(cut.Layer)}, {rows.OutputRegion}, Width: {Names.Number(rows.Node.Width!.Value)}, Stride: {rows.Stride}, Axis: {Names.Number(rows.Node.Axis.Index)})";
    }

    /// <summary>A pass over the packed rows of a shard: node by node, backward from the last.</summary>
    private void EmitPass(string name, bool goingBack)
    {
        _code.Line("/// <inheritdoc/>");
        _code.Open($"protected override void {name}(global::Seq.Embedded.Training.TrainerShard shard)");
        CodeWriter body = new();
        foreach (NodeEmitter emitter in goingBack ? _graph.All.Reverse() : _graph.All)
        {
            CodeWriter block = new();
            (goingBack ? (Action<CodeWriter>)emitter.Backward : emitter.Forward)(block);
            EmitBlock(body, emitter.Title, goingBack ? emitter.BackwardGuard : emitter.ForwardGuard, block.ToString());
        }

        string text = body.ToString();
        void Local(string declaration, string use)
        {
            if (Regex.IsMatch(text, use))
            {
                _code.Line(declaration);
            }
        }

        Local("SeqReadOnlySpan panels = Weights.Span;", @"panels\.");
        foreach (Axis axis in _plan.Axes)
        {
            Local($"global::Seq.Embedded.Training.PackedRows {Names.Time(axis)} = shard.Time({Names.Number(axis.Index)});", $@"\b{Names.Time(axis)}\b");
        }

        Local("int outputs = _outputs;", "outputs");
        string[] comments = goingBack
            ?
            [
                _plan.LayerNames.Count > 1 ? "// The gradient goes down to the lowest trained layer (GoesBack); frozen layers above it have none of their weights (Trains)." : "",
                text.Contains("shard.BeginCarry") ? "// The rows can be a chunk of the time steps: what is carried comes from the chunk behind it (BeginCarry) and goes on to the one before it (FirstStep)." : "",
            ]
            : [_plan.Cuts.Any() ? "// Frozen layers below the lowest trained one are computed when a sequence is added, all others in every training step (Runs)." : ""];
        comments = [.. comments.Where(comment => comment.Length > 0)];
        if (comments.Length > 0)
        {
            _code.Line();
            _code.Lines(string.Join("\n", comments));
        }

        _code.Lines(text.TrimEnd('\n'));
        _code.Close();
    }

    /// <summary>The variables of a node are its own.</summary>
    private static void EmitBlock(CodeWriter code, string title, string guard, string block)
    {
        if (block.Length == 0)
        {
            return;
        }

        code.Line();
        code.Line($"// {title}");
        code.Open(guard.Length > 0 ? $"if ({guard})" : "");
        code.Lines(block.TrimEnd('\n'));
        code.Close();
    }
}
