using Seq.Embedded.Generator.Features;
using Seq.Embedded.Generator.Plan.Nodes;
using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Plan;

/// <summary>
/// A valid model laid out: its graph, every parameter, state and scratch slot with its size and offset, and what a step costs.
/// Sizes count floats. Units are padded to multiples of 16, so that no offset depends on the width of the machine's vectors.
/// </summary>
internal sealed class ModelPlan(ModelSpec spec, IReadOnlyList<Node> nodes, IReadOnlyList<Axis> axes, IReadOnlyList<string> layerNames)
{
    /// <summary>Time steps whose input products a run of a model that can be streamed step by step computes as one matrix product.</summary>
    public const int ChunkSteps = 32;

    /// <summary>The runtime's <c>Panel.UnitMultiple</c>.</summary>
    public const int UnitPadding = 16;

    public ModelSpec Spec { get; } = spec;

    /// <summary>The features of audio that the model takes, or null.</summary>
    public FeaturePlan? Features { get; } = spec.Features is { } features ? new FeaturePlan(features) : null;

    /// <summary>True where samples go in and outputs come out of one stream: the model has features, and can be streamed.</summary>
    public bool HasAudioStream => Features is not null && !HasDecoder && !ReadsWholeSequence;

    /// <summary>The graph, each node behind its sources; the first is the input, the last the output.</summary>
    public IReadOnlyList<Node> Nodes { get; } = nodes;

    /// <summary>The axes of time; the first is that of the input.</summary>
    public IReadOnlyList<Axis> Axes { get; } = axes;

    /// <summary>
    /// The names of the layers that have weights, bottom to top, as users tell them apart: those of a stack with their number as in the names of tensors,
    /// both directions of a layer as one, and so are the parts of a pooling or an attention.
    /// </summary>
    public IReadOnlyList<string> LayerNames { get; } = layerNames;

    /// <summary>The layers that have weights, in the order of computation.</summary>
    public IReadOnlyList<LayerPlan> Layers { get; } = [.. nodes.Select(node => node.Weights).OfType<LayerPlan>()];

    /// <summary>
    /// The places where layers below can be computed alone: number of the lowest layer above, and the node whose rows are all that layers from there on read of
    /// those below. States that an encoder hands over are no rows.
    /// </summary>
    public IEnumerable<(int Layer, Node Rows)> Cuts
    {
        get
        {
            for (int layer = 1; layer < LayerNames.Count; layer++)
            {
                List<Node> read = [.. Nodes.Where(node => node.LayerNumber >= layer).SelectMany(node => node.Sources).Where(source => source.LayerNumber < layer).Distinct()];
                if (read.Count == 1 && read[0] is not InputNode && !Nodes.Any(node => node is HandOverNode && node.LayerNumber < layer))
                {
                    yield return (layer, read[0]);
                }
            }
        }
    }

    /// <summary>The lowest layer that reads more of a sequence than its input row and its state, or null where none does.</summary>
    public string? WholeSequenceLayer => Nodes.Select(node => node switch
    {
        ReverseNode reverse => reverse.Layer,
        WindowNode window => window.Name,
        PoolNode pool => pool.Name,
        HandOverNode or AttendNode => "decoder",
        _ => null,
    }).FirstOrDefault(name => name is not null);

    public Node Output => Nodes[Nodes.Count - 1];

    public LayerPlan Last => Layers[Layers.Count - 1];

    public bool IsOpen => Last.IsOpen;

    /// <summary>True for an encoder-decoder model.</summary>
    public bool HasDecoder => Spec.HasDecoder;

    /// <summary>True where the source of an encoder-decoder model is one vector.</summary>
    public bool IsOneToMany => HasDecoder && !Nodes.OfType<CellNode>().Any(cell => cell.Layer.OfSource && cell.Layer.IsRecurrent);

    /// <summary>True where a stream gives the probabilities of the next token for each token: a decoder or a language model.</summary>
    public bool IsSequenceDecoder => HasDecoder || (Nodes[0].HoldsTokens && !ManyToOne && Softmax && Last.Units == Spec.Input);

    /// <summary>Floats of a stream's memory of one time step of the source.</summary>
    public int MemoryFloats => Nodes.Where(node => node.IsMemory).Sum(node => node.Stride!.Value);

    public bool ManyToOne => Spec.Task == "ManyToOne";

    /// <summary>True where a layer needs the last time step first, and nothing says in which chunks the sequence can be streamed.</summary>
    public bool ReadsWholeSequence => LookAhead == 0 && HasReverse;

    /// <summary>True where a stream has Run and no steps.</summary>
    public bool RunsOnly => ReadsWholeSequence && !HasDecoder;

    /// <summary>True where time steps cannot be computed one by one.</summary>
    public bool HasReverse => Nodes.OfType<ReverseNode>().Any();

    /// <summary>Time steps of a chunk in which a model with a reverse direction is streamed; 0 for all others.</summary>
    public int LookAhead => Spec.LookAhead;

    /// <summary>Time steps that a run goes through layer by layer; of a model that reads the whole sequence a stream says how many.</summary>
    public int RunSteps => LookAhead > 0 ? LookAhead : ChunkSteps;

    public bool Softmax => Last.Softmax;

    /// <summary>The member of Activation that makes the outputs of pre-activations; None where they are more than the rows of the last cell: with an input added, or gathered.</summary>
    public string OutputActivation => Output is CellNode { Layer: var last } ? last.Cell.OutputActivation(last.Spec) : "None";

    public static int Padded(int units) => (units + UnitPadding - 1) / UnitPadding * UnitPadding;

    /// <summary>Parameters, for a number of outputs of an open model.</summary>
    public long Parameters(int outputs) => Layers.Sum(layer => layer.ParameterCount(outputs));

    /// <summary>Bytes of the trained values in a weight file, for a number of outputs of an open model.</summary>
    public long WeightBytes(int outputs) => Layers.Sum(layer => layer.WeightBytes(outputs));

    /// <summary>Floats of the memory for rows rounded to 8 bits; all layers use the same.</summary>
    public int BytesFloats => Layers.Max(layer => layer.BytesFloats);

    /// <summary>The axes of the input's time; those of the target's are others.</summary>
    public IEnumerable<Axis> InputAxes => Axes.Where(axis => !axis.IsTarget);

    /// <summary>Time steps of the input that the windows of all layers together reach back.</summary>
    public long Reach => Nodes.Sum(node => node.History is { } history ? (long)history.Window.Reach * node.WorkAxis.Stride : 0);

    /// <summary>Time steps from one output to the next; 1 also where a sequence has one output.</summary>
    public int OutputStride => Output.Axis.IsTime ? Output.Axis.Stride : 1;

    /// <summary>Multiply-adds of a time step at which all layers are computed; the others take less.</summary>
    public long StepMultiplyAdds(int outputs) => MultiplyAdds(outputs, layer => !layer.PerSequence && !layer.OfSource);

    /// <summary>Multiply-adds of <see cref="Stride"/> time steps, those between two at which all layers are computed.</summary>
    public long StrideMultiplyAdds(int outputs) =>
        Layers.Where(layer => !layer.PerSequence).Sum(layer => Stride / layer.Stride * layer.MultiplyAdds(outputs));

    /// <summary>Multiply-adds of the layers of a many-to-one model that are computed once a sequence.</summary>
    public long SequenceMultiplyAdds(int outputs) => MultiplyAdds(outputs, layer => layer.PerSequence);

    /// <summary>Multiply-adds of one time step of the source of an encoder-decoder model, those of attention for each step of the target not among them.</summary>
    public long SourceMultiplyAdds(int outputs) => MultiplyAdds(outputs, layer => layer.OfSource);

    /// <summary>Floats of the packed weights.</summary>
    public long WeightFloats(int outputs) => Layers.Sum(layer => layer.PackedFloats(outputs));

    /// <summary>The states that a snapshot holds: of an encoder-decoder model those of the decoder.</summary>
    public IEnumerable<StatePlan> States => SnapshotNodes.SelectMany(node => node.States);

    /// <summary>True where a sequence in training cannot go on from a snapshot: its windows and means over time begin with it.</summary>
    public bool BeginsAnew => Nodes.Any(node => node is WindowNode or PoolNode);

    /// <summary>The nodes whose states a snapshot holds.</summary>
    public IEnumerable<Node> SnapshotNodes => Nodes.Where(node => !HasDecoder || node.Axis.IsTarget);

    private IEnumerable<StatePlan> AllStates => Nodes.SelectMany(node => node.States);

    public IEnumerable<HistoryPlan> Histories => Nodes.Select(node => node.History).OfType<HistoryPlan>();

    /// <summary>What a snapshot holds, in order, for people, and the number of its values.</summary>
    public IEnumerable<(string Name, long Width)> Snapshot =>
        SnapshotNodes.SelectMany(node => (node.History is { } history ? [(history.Name, history.Values)] : Array.Empty<(string, long)>())
            .Concat(node.States.Select(state => (state.Name, (long)state.Width))))
            .Concat(HasPhase ? [("time step within the stride", 1L)] : []);

    /// <summary>Values of the state that a snapshot holds.</summary>
    public long StateValues => Snapshot.Sum(part => part.Width);

    /// <summary>The time steps after which layers with a stride meet again: 1 where no layer has one.</summary>
    public int Stride => Axes.Max(axis => axis.Stride);

    /// <summary>True where a stream goes on within a stride; whole sequences begin at its start.</summary>
    public bool HasPhase => Stride > 1 && !ReadsWholeSequence;

    /// <summary>Floats of the state in memory: each state twice, as a step reads one copy and writes the other.</summary>
    public long StateFloats => 2 * AllStates.Sum(state => (long)state.Padded);

    /// <summary>Where the scratch of a step ends, without the output of an open layer.</summary>
    public int StepScratchFloats => Nodes.Sum(node => node.StepScratch);

    /// <summary>Floats of one row of each buffer of a whole-sequence run; the last one is null where it holds the rows of an open layer.</summary>
    public IReadOnlyList<int?> RunBuffers => [.. Nodes
        .Where(node => node.RunBuffer >= 0)
        .GroupBy(node => node.RunBuffer)
        .OrderBy(group => group.Key)
        .Select(group => group.Any(node => node.Stride is null) ? null : group.Max(node => node.Stride))];

    /// <summary>Floats of one row of all those buffers, without that of an open layer.</summary>
    public int RowFloats => RunBuffers.Sum(width => width ?? 0);

    /// <summary>Floats of one row of pre-activations of a whole-sequence run.</summary>
    public int SlotFloats => Layers.Where(layer => layer.OfSource == HasDecoder).Max(layer => layer.Program.Slots * (layer.Padded ?? 0));

    /// <summary>Floats of a stream's scratch, for a number of outputs of an open model.</summary>
    public long ScratchFloats(int outputs) => StepScratchFloats + BytesFloats + (IsOpen ? Padded(outputs) : 0);

    /// <summary>Floats of a stream's buffers for runs, for each of their time steps: rows between layers, pre-activations, inputs of windows, and inputs that wait for their chunk.</summary>
    public long RunFloatsPerStep(int outputs)
    {
        int open = IsOpen ? Padded(outputs) : 0;
        int openRows = RunBuffers.Count(width => width is null);
        return Math.Max(SlotFloats, (long)Last.Program.Slots * open) + RowFloats + (openRows * open) + Histories.Sum(history => history.Width) + (LookAhead > 0 ? Spec.Input : 0);
    }

    /// <summary>The most time steps of a source, as the memory of it is one buffer and the rows of a whole source another.</summary>
    public long MostSourceSteps => Math.Min(1 << 24, 0x7FFF0000 / Math.Max(Math.Max(MemoryFloats, 1), ReadsWholeSequence ? RunFloatsPerStep(1) : 1));

    /// <summary>The most time steps of a stream of a model that reads the whole sequence: as many as its buffers can have, with the widest output where it is open.</summary>
    public long MostSteps => Math.Min(1 << 24, 0x7FFF0000 / RunFloatsPerStep(Validator.MaxSize));

    private long MultiplyAdds(int outputs, Func<LayerPlan, bool> which) => Layers.Where(which).Sum(layer => layer.MultiplyAdds(outputs));
}
