using Seq.Embedded.Generator.Plan;

namespace Seq.Embedded.Generator.Emit;

/// <summary>Writes the nested class Trainer: regions, layout and models; the passes over the packed rows of a shard have emitters of their own.</summary>
internal sealed class TrainerEmitter
{
    private readonly CodeWriter _code;
    private readonly ModelPlan _plan;
    private readonly TrainerRegions _regions;

    private TrainerEmitter(CodeWriter code, ModelPlan plan)
    {
        _code = code;
        _plan = plan;
        _regions = new TrainerRegions(plan);
    }

    public static void Emit(CodeWriter code, ModelPlan plan) => new TrainerEmitter(code, plan).Emit();

    private void Emit()
    {
        string model = _plan.Spec.Name;
        _code.Line("/// <summary>Trains the model: back-propagation through time over mini-batches of sequences of any lengths. Allocates nothing per training step.</summary>");
        _code.Open("public sealed class Trainer : global::Seq.Embedded.Training.SequenceTrainer");
        _code.Line("// Regions of a shard's memory. Rows: one a time step of a sequence; sequences: one each; all units padded to multiples of 16.");
        for (int i = 0; i < _regions.All.Count; i++)
        {
            _code.Line($"private const int {_regions.All[i].Name} = {Names.Number(i)}; // {_regions.All[i].Shape}");
        }

        _code.Line();
        _code.Line("private readonly global::System.Collections.Generic.IReadOnlyDictionary<string, string> _metadata;");
        if (_plan.IsOpen)
        {
            _code.Line("private readonly int _outputs;");
        }

        _code.Line();
        EmitConstructor(model);
        _code.Lines(
            $$"""
            /// <summary>A model with a copy of the weights as they are now.</summary>
            /// <param name="metadata">Texts that the model carries; default: those of the model that the training started from.</param>
            public {{model}} ToModel(global::System.Collections.Generic.IReadOnlyDictionary<string, string>? metadata = null) =>
                new(Copy(Weights), metadata ?? _metadata{{(_plan.IsOpen ? ", _outputs" : "")}});

            /// <summary>The gradient of every weight after Backward, in the form of a model: it can be saved and read by name.</summary>
            public {{model}} GradientsAsModel() =>
                new(Copy(WeightGradients), global::System.Collections.Immutable.ImmutableDictionary<string, string>.Empty{{(_plan.IsOpen ? ", _outputs" : "")}});

            private static global::Seq.Embedded.Kernels.AlignedBuffer Copy(global::Seq.Embedded.Kernels.AlignedBuffer source)
            {
                global::Seq.Embedded.Kernels.AlignedBuffer copy = new(source.Length);
                source.Span.CopyTo(copy.Span);
                return copy;
            }

            """);
        new TrainerForwardEmitter(_code, _plan).Emit();
        new TrainerBackwardEmitter(_code, _plan).Emit();
        _code.Close();
        _code.Line();
    }

    private void EmitConstructor(string model)
    {
        LayerPlan last = _plan.Last;
        bool gatherLast = _plan.ManyToOne && !last.PerSequence;
        string output = gatherLast ? TrainerRegions.Last(last) : TrainerRegions.Rows(last, last.Program.Equations.Output);
        string gradient = gatherLast ? TrainerRegions.LastGradient(last) : TrainerRegions.Gradient(last);
        _code.Line($"internal Trainer({model} model, global::Seq.Embedded.Training.TrainerOptions options)");
        _code.Line($"    : base(options, Layout({(_plan.IsOpen ? "model.OutputSize" : "")}), model._weights.Span)");
        _code.Open();
        _code.Line("_metadata = model.Metadata;");
        if (_plan.IsOpen)
        {
            _code.Line("_outputs = model.OutputSize;");
        }

        _code.Close();
        _code.Line();
        _code.Line($"private static global::Seq.Embedded.Training.TrainerLayout Layout({(_plan.IsOpen ? "int outputs" : "")}) => new(");
        _code.Line($"    InputSize, {(_plan.IsOpen ? "outputs" : "OutputSize")}, OutputStride: {Names.Padded(last)}, OutputRegion: {output}, OutputGradientRegion: {gradient},");
        _code.Line($"    OutputPerSequence: {Bool(_plan.ManyToOne)}, OutputActivation: global::Seq.Embedded.Activation.{_plan.Last.Cell.OutputActivation(_plan.Last.Spec)},");
        _code.Line("    [");
        foreach (Region region in _regions.All)
        {
            _code.Line($"        new({region.PerRow}, {region.PerSequence}), // {region.Name}");
        }

        _code.Line("    ]);");
        _code.Line();
    }

    private static string Bool(bool value) => value ? "true" : "false";
}
