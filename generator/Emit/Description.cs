using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Emit.Nodes;
using Seq.Embedded.Generator.Features;
using Seq.Embedded.Generator.Plan;
using Seq.Embedded.Generator.Plan.Nodes;
using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Emit;

/// <summary>Describes a plan for people: the head of the generated file, the hover text of the class, and the fingerprint in weight files.</summary>
internal static class Description
{
    /// <summary>The model in one line, the same for equal structures: names, kinds and sizes, in order.</summary>
    public static string Fingerprint(ModelPlan plan)
    {
        IEnumerable<string> layers = plan.Layers.Where(layer => layer.StackIndex == 0).GroupBy(layer => layer.Index).Select(directions => directions.First()).Select(layer =>
        {
            string stack = layer.Spec.Layers > 1 ? $" x {Names.Number(layer.Spec.Layers)}" : "";
            return $"{layer.Name}: {layer.Cell.Attribute.ToLowerInvariant()} {(layer.IsOpen ? "open" : Names.Units(layer))}{stack}{layer.Cell.Fingerprint(layer.Spec)}{Structure(layer.Spec)}";
        });
        string input = plan.Spec.Layers[0].TakesTokens ? "tokens" : "input";
        string decoder = plan.HasDecoder ? $" | decoder tokens {Names.Units(plan.Last)}" : "";
        return $"{input} {Names.Number(plan.Spec.Input)} | {string.Join(" | ", layers)}{decoder}{(plan.ManyToOne ? " | many to one" : "")}";
    }

    public static IEnumerable<string> Lines(ModelPlan plan)
    {
        yield return $"{plan.Spec.FullName}: {(plan.HasDecoder ? "" : plan.ManyToOne ? "many-to-one, " : "many-to-many, ")}{Task(plan)}";
        yield return "";
        foreach (string line in FeatureLines(plan).Concat(NodeLines(plan)))
        {
            yield return line;
        }

        yield return "";
        foreach (string line in CostLines(plan))
        {
            yield return line;
        }
    }

    /// <summary>The hover text; where the user's own part has a summary, only remarks are added to it.</summary>
    public static void EmitDocumentation(CodeWriter code, GraphEmitter graph)
    {
        ModelPlan plan = graph.Plan;
        string task = Task(plan)
            + (plan.ReadsWholeSequence ? ", over whole sequences" : plan.LookAhead > 0 ? $", in chunks of {Names.Number(plan.LookAhead)} time steps" : "");
        if (!plan.Spec.HasSummary)
        {
            code.Line($"/// <summary>Sequence model: {graph.Input.Text}, {(plan.IsOpen ? "as many outputs as it is created or loaded with" : Names.Number(plan.Output.Width!.Value) + " outputs")}, {task}.</summary>");
        }

        code.Line("/// <remarks>");
        foreach (string line in FeatureLines(plan).Concat(NodeLines(plan)).Concat(CostLines(plan)))
        {
            code.Line($"/// {Escape(line)}<br/>");
        }

        code.Line("/// A model holds weights only and never changes: any number of threads can share it. Each audio or data stream has its own <see cref=\"Stream\"/>.");
        code.Line("/// </remarks>");
    }

    /// <summary>What the attribute says about directions and the input of the layer.</summary>
    private static string Structure(LayerSpec layer) =>
        (layer.Direction == "Forward" ? "" : " " + layer.Direction.ToLowerInvariant())
        + (layer.Merge == "Concatenate" ? "" : " " + layer.Merge.ToLowerInvariant())
        + (layer.Residual ? " residual" : "");

    private static IEnumerable<string> FeatureLines(ModelPlan plan) => plan.Features is not { } features ? [] :
    [
        $"front end: {FeatureText.Summary(features.Spec)}; {Numbers.Text(features.Spec.Count)} values every {FeatureText.Samples(features.Spec, features.SamplesPerStep)}, "
            + $"about {Numbers.Text(features.StepMultiplyAdds)} multiply-adds per step, tables of {Numbers.Text(features.TableBytes)} bytes"
            + (features.Spec.DelayFrames > 0 ? $"; {FeatureText.Samples(features.Spec, features.Spec.DelayFrames * (long)features.Spec.HopSamples)} late because of slopes" : ""),
    ];

    private static IEnumerable<string> NodeLines(ModelPlan plan) => plan.Nodes.Select(node => node switch
    {
        CellNode cell => LayerLine(cell.Layer),
        MergeNode merge => $"{merge.Layer}: {merge.Title}, {Numbers.Text(merge.Width!.Value)} values",
        _ => "",
    }).Where(line => line.Length > 0);

    private static string LayerLine(LayerPlan layer)
    {
        string parameters = Amount(layer, layer.ParameterCount(1)), multiplyAdds = Amount(layer, layer.MultiplyAdds(1));
        string units = layer.Outputs is { } size ? Numbers.Text(size) : "O (open)";
        return $"{layer.Name}: {layer.Title}, {Numbers.Text(layer.Inputs)} -> {units}, {parameters} parameters, {multiplyAdds} multiply-adds per {Per(layer)}";
    }

    private static string Task(ModelPlan plan) => plan switch
    {
        { IsOneToMany: true } => "one-to-many, a vector to a sequence of tokens",
        { HasDecoder: true } => "encoder-decoder, a sequence to a sequence of tokens",
        { ManyToOne: true } => "one output a sequence",
        { OutputStride: > 1 } => $"one output every {Numbers.Text(plan.OutputStride)} time steps",
        _ => "one output a time step",
    };

    private static string Per(LayerPlan layer) =>
        layer.OfSource ? "step of the source" : layer.PerSequence ? "sequence" : layer.Stride > 1 ? $"{Numbers.Text(layer.Stride)} steps" : "step";

    private static string Amount(LayerPlan layer, long amount) => layer.IsOpen ? $"{Numbers.Text(amount)} O" : Numbers.Text(amount);

    private static IEnumerable<string> CostLines(ModelPlan plan)
    {
        string Total(Func<int, long> size) => size(1) == size(0) ? Numbers.Text(size(0)) : size(0) == 0 ? $"{Numbers.Text(size(1))} O" : $"{Numbers.Text(size(0))} + {Numbers.Text(size(1) - size(0))} O";
        if (plan.IsOpen)
        {
            yield return "O is the number of outputs that the model is created or loaded with.";
        }

        string perSequence = plan.Layers.Any(layer => layer.PerSequence) ? $", {Total(plan.SequenceMultiplyAdds)} per sequence" : "";
        string stride = plan.Stride > 1 ? $" at which all layers are computed, {Total(plan.StrideMultiplyAdds)} per {Numbers.Text(plan.Stride)} steps" : "";
        yield return $"Total: {Total(plan.Parameters)} parameters, {Total(plan.StepMultiplyAdds)} multiply-adds per step{stride}{perSequence}";
        if (plan.HasDecoder)
        {
            yield return $"Encoder: {Total(plan.SourceMultiplyAdds)} multiply-adds per step of the source";
        }

        foreach (AttendNode attend in plan.Nodes.OfType<AttendNode>())
        {
            yield return $"{attend.Name}: {(attend.Weights is null ? "dot products" : "additive scores")}, {Numbers.Text(attend.MultiplyAddsPerSourceStep)} multiply-adds per step and step of the source";
        }

        string outputs = plan.IsOpen ? $" with up to {ModelPlan.UnitPadding} outputs" : "";
        int padding = ModelPlan.UnitPadding;
        long history = 4 * plan.Histories.Sum(part => part.Values), state = 4 * plan.StateFloats, scratch = 4 * plan.ScratchFloats(padding);
        long step = 4 * plan.RunFloatsPerStep(padding), run = plan.RunSteps * step;
        string states = $"{Numbers.Text(state)} for the state twice{(history > 0 ? $", {Numbers.Text(history)} for the last inputs of convolutions" : "")}";
        yield return $"Weights {Total(plan.WeightBytes)} bytes{(plan.Spec.HasInt8Weights ? ", matrices with 8 bits a weight" : "")}; packed in memory {Numbers.Text(4 * plan.WeightFloats(padding))}{outputs}";
        yield return $"State {Numbers.Text(4 * plan.StateValues)} bytes; memory of a stream " + (plan.ReadsWholeSequence
            ? $"{Numbers.Text(state + history + scratch)} + {Numbers.Text(step)} maxSteps{outputs}: {states}, {Numbers.Text(scratch)} for one time step, {Numbers.Text(step)} for each of maxSteps"
            : $"{Numbers.Text(state + history + scratch + run)}{outputs}: {states}, {Numbers.Text(scratch)} for {(plan.LookAhead > 0 ? "one time step" : "Step")}, "
                + $"{Numbers.Text(run)} for {(plan.LookAhead > 0 ? $"chunks of {Names.Number(plan.LookAhead)} time steps" : plan.HasDecoder ? "Encode" : "Run")}"
                + (plan.MemoryFloats > 0 ? $"; {Numbers.Text(4L * (plan.MemoryFloats + 1))} more for each step of the source" : ""));
        if (plan.LookAhead > 0)
        {
            string late = plan.LookAhead == 1 ? "none is late" : $"the first of them {Numbers.Text(plan.LookAhead - 1)} late, the last not";
            yield return $"Chunks of {Numbers.Text(plan.LookAhead)} time steps: outputs know the inputs up to the end of their chunk and come with it, {late}";
        }

        if (plan.ReadsWholeSequence)
        {
            yield return "There is Run and no Step: a reverse direction begins with the last time step, so outputs need the whole sequence. LookAhead streams such a model in chunks.";
        }
    }

    private static string Escape(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");
}
